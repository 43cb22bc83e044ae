use lunogram::Schedule;

#[derive(Schedule)]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(interval)]
    every: u32,
}

fn main() {}
