use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(name = "Trial-End", interval = "24h")]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
