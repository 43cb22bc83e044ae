use lunogram::LunogramProperty;
use serde::Serialize;

#[derive(Serialize, LunogramProperty)]
struct Item {
    quantity: f64,
    sku: Option<String>,
    gift: bool,
}

fn main() {}
