use chrono::{DateTime, Utc};
use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(interval = "24h")]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(scheduled_at)]
    at: DateTime<Utc>,
}

fn main() {}
