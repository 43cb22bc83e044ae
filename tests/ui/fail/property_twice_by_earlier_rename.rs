use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(rename = "amount")]
    total: f64,
    amount: f64,
}

fn main() {}
