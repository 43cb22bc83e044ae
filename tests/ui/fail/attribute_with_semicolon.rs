use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(name = "purchase_done";)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
