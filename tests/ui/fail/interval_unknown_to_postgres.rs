use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(interval = "1 fortnight")]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
