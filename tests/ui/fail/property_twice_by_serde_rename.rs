use lunogram::LunogramEvent;
use serde::Serialize;

#[derive(LunogramEvent, Serialize)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    amount: f64,
    #[serde(rename(serialize = "amount", deserialize = "total"))]
    total: f64,
}

fn main() {}
