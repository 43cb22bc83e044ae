use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(event_id = "purchaseId", rename_all = "camelCase")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    purchase_id: String,
}

fn main() {}
