use lunogram::UserTraits;

#[derive(UserTraits)]
#[lunogram(locale = "dutch")]
struct Customer {
    #[lunogram(external_id)]
    id: String,
}

fn main() {}
