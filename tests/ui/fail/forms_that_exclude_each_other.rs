use lunogram::LunogramEvent;
use std::time::Duration;

#[derive(LunogramEvent)]
struct FileUploaded {
    #[lunogram(external_id)]
    user: u64,
    #[lunogram(base64, hex)]
    content: Vec<u8>,
    #[lunogram(millis)]
    #[lunogram(as_serde)]
    took: Duration,
    #[lunogram(string, iso8601)]
    waited: Duration,
}

fn main() {}
