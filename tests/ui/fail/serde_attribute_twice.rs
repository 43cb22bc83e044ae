use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[serde(rename = "total")]
    #[serde(default, rename = "amount")]
    sum: f64,
}

fn main() {}
