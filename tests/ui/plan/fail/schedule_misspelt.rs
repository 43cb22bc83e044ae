use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(interval = "1 month")]
struct TrialEnds {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
