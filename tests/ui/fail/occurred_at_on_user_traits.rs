use lunogram::UserTraits;

#[derive(UserTraits)]
#[lunogram(occurred_at)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
}

fn main() {}
