use lunogram::{OrganizationTraits, UserTraits};

#[derive(UserTraits, OrganizationTraits)]
struct Account {
    #[lunogram(external_id)]
    id: u64,
    seats: u32,
}

fn main() {}
