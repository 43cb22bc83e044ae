use lunogram::LunogramEvent;
use std::collections::BTreeMap;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[serde(flatten, with = "codes")]
    codes: BTreeMap<String, u64>,
}

fn main() {}
