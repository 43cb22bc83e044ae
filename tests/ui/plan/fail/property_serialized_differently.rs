use basket::{Currency, Item};
use lunogram::LunogramEvent;

#[path = "../basket.rs"]
mod basket;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(string)]
    amount: f64,
    #[lunogram(null)]
    coupon: Option<String>,
    currency: Currency,
    items: Vec<Item>,
}

fn main() {}
