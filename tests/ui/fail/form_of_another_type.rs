use lunogram::{LunogramEvent, UserTraits};
use std::time::SystemTime;

#[derive(LunogramEvent)]
struct CallEnded {
    #[lunogram(external_id)]
    user: u64,
    #[lunogram(millis)]
    lasted: f64,
    #[lunogram(iso8601)]
    at: Option<SystemTime>,
    #[lunogram(base64)]
    record: String,
}

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: u64,
    #[lunogram(hex)]
    color: Vec<u32>,
}

fn main() {}
