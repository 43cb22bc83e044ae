//! The measured event, and an equal struct with serde's derive.

use lunogram::LunogramEvent;
use serde::Serialize;

#[derive(LunogramEvent)]
pub(crate) struct PurchaseCompleted<'a> {
    #[lunogram(external_id)]
    pub(crate) user_id: &'a str,
    product_id: &'a str,
    amount: f64,
    currency: &'a str,
    quantity: u32,
    gift: bool,
}

#[derive(Serialize)]
pub(crate) struct Equal<'a> {
    pub(crate) identifier: [Identifier<'a>; 1],
    pub(crate) name: &'a str,
    data: Data<'a>,
}

#[derive(Serialize)]
pub(crate) struct Identifier<'a> {
    pub(crate) external_id: &'a str,
}

#[derive(Serialize)]
pub(crate) struct Data<'a> {
    pub(crate) product_id: &'a str,
    amount: f64,
    currency: &'a str,
    quantity: u32,
    gift: bool,
}

pub(crate) const EVENT: PurchaseCompleted<'static> = PurchaseCompleted {
    user_id: "user_8f14e45fceea",
    product_id: "sku_tshirt_blue_42",
    amount: 99.99,
    currency: "EUR",
    quantity: 3,
    gift: false,
};

pub(crate) const EQUAL: Equal<'static> = Equal {
    identifier: [Identifier {
        external_id: EVENT.user_id,
    }],
    name: "purchase_completed",
    data: Data {
        product_id: EVENT.product_id,
        amount: EVENT.amount,
        currency: EVENT.currency,
        quantity: EVENT.quantity,
        gift: EVENT.gift,
    },
};
