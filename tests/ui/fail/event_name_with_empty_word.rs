use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(name = "order..completed")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
