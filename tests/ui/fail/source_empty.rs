use lunogram::UserTraits;

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id, source = "")]
    id: String,
}

fn main() {}
