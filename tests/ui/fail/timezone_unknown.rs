use lunogram::UserTraits;

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
    #[lunogram(timezone = "Europe/Amsterdan")]
    field: Option<String>,
}

fn main() {}
