use chrono::{DateTime, Utc};
use lunogram::Schedule;

#[derive(Schedule)]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(scheduled_at)]
    at: Option<DateTime<Utc>>,
}

fn main() {}
