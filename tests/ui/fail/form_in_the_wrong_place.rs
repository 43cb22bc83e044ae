use lunogram::{LunogramEvent, LunogramProperty, Schedule, UserTraits};
use std::time::{Duration, SystemTime};

#[derive(LunogramEvent)]
#[lunogram(millis)]
struct CallEnded {
    #[lunogram(external_id, hex)]
    user: u64,
    #[lunogram(flatten, as_serde)]
    more: Vec<u8>,
    #[lunogram(skip, base64)]
    record: Vec<u8>,
    #[lunogram(iso8061)]
    lasted: Duration,
}

#[derive(LunogramEvent)]
enum Call {
    #[lunogram(as_serde)]
    CallMissed { at: SystemTime },
}

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: u64,
    #[lunogram(email, as_serde)]
    email: String,
}

#[derive(Schedule)]
struct Reminder {
    #[lunogram(external_id)]
    id: u64,
    #[lunogram(scheduled_at, millis)]
    at: SystemTime,
}

#[derive(LunogramProperty)]
struct Nested {
    #[lunogram(millis)]
    took: Duration,
}

fn main() {}
