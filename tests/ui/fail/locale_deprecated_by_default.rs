use lunogram::UserTraits;

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
    #[lunogram(locale = "iw")]
    locale: Option<String>,
}

fn main() {}
