use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(raw_name = "")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
