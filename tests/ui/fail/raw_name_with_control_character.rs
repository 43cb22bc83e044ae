use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(raw_name = "Purchase\nCompleted")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
