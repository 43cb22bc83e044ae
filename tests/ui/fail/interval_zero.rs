use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(interval = "0 days")]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
