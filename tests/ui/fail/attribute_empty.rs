use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram()]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
