use basket::{Currency, Item};
use lunogram::LunogramEvent;

#[path = "../basket.rs"]
mod basket;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    amount: f64,
    coupon: Option<String>,
    currency: Currency,
    items: Vec<Item>,
    #[lunogram(rename = "gift")]
    is_gift: bool,
}

fn main() {}
