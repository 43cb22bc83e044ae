use lunogram::UserTraits;

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
    #[lunogram(locale = "nl_NL")]
    field: Option<String>,
}

fn main() {}
