use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(rename "total")]
    amount: f64,
}

fn main() {}
