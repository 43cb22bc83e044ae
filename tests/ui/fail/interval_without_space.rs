use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(interval = "1hr30min")]
struct Reminder {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
