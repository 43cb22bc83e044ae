use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(name = "anniversary", interval = "1 year")]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
