use lunogram::Schedule;

#[derive(Schedule)]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
    plan: String,
}

fn main() {}
