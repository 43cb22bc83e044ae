use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(occurred_at = "added", event_id = "added")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
