use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(event_id = "")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
