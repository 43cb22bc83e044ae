use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id, rename = "id")]
    user: String,
}

fn main() {}
