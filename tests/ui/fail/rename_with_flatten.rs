use lunogram::LunogramEvent;
use std::collections::BTreeMap;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(flatten, rename = "codes")]
    coupon: BTreeMap<String, u64>,
}

fn main() {}
