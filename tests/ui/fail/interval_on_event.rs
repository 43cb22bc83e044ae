use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(interval = "24h")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
