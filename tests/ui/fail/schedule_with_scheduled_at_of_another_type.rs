use lunogram::Schedule;

#[derive(Schedule)]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(scheduled_at)]
    at: String,
}

fn main() {}
