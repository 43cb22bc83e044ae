use chrono::{DateTime, Utc};
use lunogram::Schedule;

#[derive(Schedule)]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(scheduled_at)]
    at: DateTime<Utc>,
    #[lunogram(interval)]
    every: String,
}

fn main() {}
