use lunogram::UserTraits;

#[derive(UserTraits)]
#[lunogram(event_id)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
}

fn main() {}
