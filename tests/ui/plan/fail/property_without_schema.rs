use basket::Item;
use lunogram::LunogramEvent;
use serde::Serialize;

#[path = "../basket.rs"]
mod basket;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    amount: f64,
    coupon: Option<String>,
    currency: Money,
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Money;

fn main() {}
