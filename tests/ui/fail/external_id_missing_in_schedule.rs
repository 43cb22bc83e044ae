use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(interval = "24h")]
struct DailyDigest {
    user: String,
}

fn main() {}
