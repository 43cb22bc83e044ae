use lunogram::{OrganizationTraits, UserTraits};

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
    lifetime_value: String,
    plan: String,
    seats: u32,
}

#[derive(OrganizationTraits)]
struct Companies {
    #[lunogram(external_id)]
    id: String,
    seats: u32,
}

fn main() {}
