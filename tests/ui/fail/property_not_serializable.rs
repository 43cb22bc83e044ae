use lunogram::LunogramEvent;

struct Currency;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    currency: Option<Currency>,
}

fn main() {}
