use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(nmae = "purchase.completed")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
