use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(interval = "")]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
