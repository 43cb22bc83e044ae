use lunogram::{LunogramEvent, LunogramProperty};
use serde::Serialize;

#[derive(Serialize, LunogramProperty)]
#[serde(rename_all = "lowercase")]
enum Currency {
    Eur,
    Usd,
}

#[derive(Serialize, LunogramProperty)]
struct Item {
    quantity: u32,
    sku: String,
}

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    amount: Euro,
    coupon: Option<String>,
    currency: Currency,
    items: Vec<Item>,
}

type Euro = u32;

fn main() {}
