use lunogram::LunogramEvent;
use std::collections::HashMap;

type Digest = Option<[u8; 32]>;

#[derive(LunogramEvent)]
struct FileUploaded<'a> {
    #[lunogram(external_id)]
    user: u64,
    content: Vec<u8>,
    preview: &'a [u8],
    digest: Digest,
    parts: HashMap<String, Box<[u8]>>,
}

fn main() {}
