use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(name = 5)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
