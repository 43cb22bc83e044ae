use lunogram::UserTraits;

#[derive(UserTraits)]
struct Customer {
    #[lunogram(extrenal_id)]
    id: String,
}

fn main() {}
