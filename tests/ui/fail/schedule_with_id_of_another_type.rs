use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(interval = "24h")]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(id)]
    assignment: String,
}

fn main() {}
