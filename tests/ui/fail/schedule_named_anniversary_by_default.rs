use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(interval = "1 year")]
struct Anniversary {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
