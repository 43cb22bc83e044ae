use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    amount: f64,
    #[lunogram(rename = "amount")]
    total: f64,
}

fn main() {}
