use chrono::{DateTime, Utc};
use lunogram::Schedule;

#[derive(Schedule)]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(start_at)]
    from: DateTime<Utc>,
    #[lunogram(scheduled_at)]
    at: DateTime<Utc>,
}

fn main() {}
