use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(interval = "1 day -1 month")]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
