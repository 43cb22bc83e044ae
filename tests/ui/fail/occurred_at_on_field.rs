use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(occurred_at)]
    at: String,
}

fn main() {}
