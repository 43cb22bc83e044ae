use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(name = "Purchase Completed", occurred_at = "")]
struct PurchaseCompleted {
    #[lunogram(external_id, source = "")]
    user: String,
    #[lunogram(rename = "")]
    amount: f64,
    #[lunogram(stringg)]
    order_number: u64,
    #[lunogram(rename = "order_number")]
    number: u64,
    #[serde(renam = "x")]
    coupon: String,
}

fn main() {}
