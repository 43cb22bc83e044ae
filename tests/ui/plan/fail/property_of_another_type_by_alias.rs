use basket::{Currency, Item};
use lunogram::LunogramEvent;

#[path = "../basket.rs"]
mod basket;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    amount: Euro,
    coupon: Option<String>,
    currency: Currency,
    items: Vec<Item>,
}

type Euro = u32;

fn main() {}
