use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(rename = "coupon\0")]
    coupon: String,
}

fn main() {}
