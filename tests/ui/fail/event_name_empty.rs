use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(name = "")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
