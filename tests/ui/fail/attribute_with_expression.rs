use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(name = concat!("purchase", ".completed"))]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
