use lunogram::UserTraits;

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
    #[lunogram(email, phone)]
    field: Option<String>,
}

fn main() {}
