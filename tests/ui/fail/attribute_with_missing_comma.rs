use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id source = "stripe")]
    user: String,
}

fn main() {}
