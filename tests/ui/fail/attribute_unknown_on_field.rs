use lunogram::UserTraits;

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
    #[lunogram(timezon)]
    field: Option<String>,
}

fn main() {}
