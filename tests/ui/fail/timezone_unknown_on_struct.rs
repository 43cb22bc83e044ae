use lunogram::UserTraits;

#[derive(UserTraits)]
#[lunogram(timezone = "Europe/Amsterdan")]
struct Customer {
    #[lunogram(external_id)]
    id: String,
}

fn main() {}
