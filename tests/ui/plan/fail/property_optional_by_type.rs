use basket::{Currency, Item};
use lunogram::LunogramEvent;

#[path = "../basket.rs"]
mod basket;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    amount: f64,
    coupon: Option<String>,
    currency: Option<Currency>,
    items: Box<Vec<Item>>,
}

fn main() {}
