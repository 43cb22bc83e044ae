use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram("external_id")]
    user: String,
}

fn main() {}
