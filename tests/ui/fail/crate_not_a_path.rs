use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(crate = "my app")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
