use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(name = "purchase.completed", raw_name = "Purchase Completed")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
}

fn main() {}
