use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(interval = "24h")]
struct DailyDigest(String);

fn main() {}
