use basket::{Currency, Item};
use lunogram::LunogramEvent;

#[path = "../basket.rs"]
mod basket;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    amount: Euro,
    coupon: Option<String>,
    currency: Vec<Currency>,
    items: [Option<Item>; 1],
}

type Euro = u32;

fn main() {}
