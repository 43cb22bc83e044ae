use basket::{Currency, Item};
use lunogram::LunogramEvent;

#[path = "../basket.rs"]
mod basket;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    amount: f64,
    coupon: String,
    currency: Currency,
    items: Vec<Item>,
}

fn main() {}
