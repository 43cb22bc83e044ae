use chrono::{DateTime, Utc};
use lunogram::{AnyEvent, AnySchedule, AnyTraits, LunogramEvent, Schedule, UserTraits};
use std::collections::BTreeMap;

#[derive(LunogramEvent)]
#[lunogram(name = "user.Upgraded", organisation, rename_all = "camel")]
struct Upgraded {
    #[lunogram(external_id, source = "")]
    user: String,
    #[lunogram(external_id, source = "stripe", rename = "customer")]
    customer: f64,
    #[lunogram(email)]
    address: String,
    plan: String,
    #[lunogram(rename = "plan", null, null)]
    tier: Option<String>,
    #[lunogram(skip, string)]
    secret: u64,
    #[lunogram(flatten, rename)]
    extra: BTreeMap<String, String>,
    #[lunogram()]
    seats: u32,
}

#[derive(Schedule)]
#[lunogram(name = "anniversary", interval = "never")]
struct Renewal {
    user: String,
    #[lunogram(scheduled_at)]
    at: DateTime<Utc>,
    #[lunogram(start_at)]
    from: DateTime<Utc>,
}

#[derive(UserTraits)]
#[lunogram(timezone = "Amsterdam", locale = "nl_NL")]
struct Customer {
    #[lunogram(externalid)]
    id: String,
    #[lunogram(locale = "dutch")]
    locale: String,
}

fn all_are_used(upgraded: Upgraded, renewal: &Renewal, customer: &Customer) {
    upgraded.check().unwrap();
    renewal.check().unwrap();
    customer.check().unwrap();
    let _ = upgraded.to("user_123");
}

fn main() {}
