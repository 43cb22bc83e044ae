//! Nested types that match the plan.

#![allow(dead_code)]

use lunogram::LunogramProperty;
use serde::Serialize;

#[derive(Serialize, LunogramProperty)]
#[serde(rename_all = "lowercase")]
pub enum Currency {
    Eur,
    Usd,
}

#[derive(Serialize, LunogramProperty)]
pub struct Item {
    quantity: u32,
    sku: String,
}
