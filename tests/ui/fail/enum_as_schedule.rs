use lunogram::Schedule;

#[derive(Schedule)]
#[lunogram(interval = "24h")]
enum Digest {
    Daily {
        #[lunogram(external_id)]
        user: String,
    },
}

fn main() {}
