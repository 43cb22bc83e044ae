use lunogram::UserTraits;

#[derive(UserTraits)]
#[lunogram(locale = "in-ID")]
struct Customer {
    #[lunogram(external_id)]
    id: String,
}

fn main() {}
