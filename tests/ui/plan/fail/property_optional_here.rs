use basket::{Currency, Item};
use lunogram::LunogramEvent;

#[path = "../basket.rs"]
mod basket;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    amount: Option<f64>,
    coupon: Option<String>,
    currency: Currency,
    items: Vec<Item>,
}

fn main() {}
