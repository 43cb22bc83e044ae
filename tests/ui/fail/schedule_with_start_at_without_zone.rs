use chrono::NaiveDateTime;
use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(interval = "24h")]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(start_at)]
    from: NaiveDateTime,
}

fn main() {}
