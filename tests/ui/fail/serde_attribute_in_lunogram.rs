use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(skip_serializing_if = "Option::is_none")]
    coupon: Option<String>,
}

fn main() {}
