#![allow(non_snake_case)]

use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(rename_all = "camelCase")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    orderNumber: u32,
    order_number: u32,
}

fn main() {}
