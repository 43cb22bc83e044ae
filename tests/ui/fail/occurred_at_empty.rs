use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(occurred_at = "")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
