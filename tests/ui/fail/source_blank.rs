use lunogram::UserTraits;

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
    #[lunogram(external_id, source = " ")]
    stripe: String,
}

fn main() {}
