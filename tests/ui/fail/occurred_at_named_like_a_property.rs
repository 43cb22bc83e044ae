use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(occurred_at = "happenedAt", rename_all = "camelCase")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    happened_at: String,
}

fn main() {}
