use lunogram::{LunogramEvent, UserTraits};

#[derive(LunogramEvent)]
struct SignedUp {
    #[lunogram(external_id)]
    user: String,
}

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
}

fn main() {
    println!("{}", lunogram::event_name!("signed_up"));
}
