use lunogram::UserTraits;

#[derive(UserTraits)]
#[lunogram(timezone = "Europe/Amsterdam")]
struct Customer {
    #[lunogram(external_id)]
    id: String,
    #[lunogram(timezone)]
    zone: Option<String>,
}

fn main() {}
