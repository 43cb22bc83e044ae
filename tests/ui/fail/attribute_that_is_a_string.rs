use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram("purchase.completed")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
