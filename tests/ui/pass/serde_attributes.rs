//! Serde's attributes have serde's meaning, with and without its derives.

#![deny(warnings)]

use lunogram::{AnyEvent, LunogramEvent};
use serde::{Deserialize, Serialize};

#[derive(LunogramEvent)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Without {
    #[lunogram(external_id)]
    user_id: String,
    order_number: u8,
    #[serde(rename = "sum")]
    amount: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    coupon: Option<String>,
}

#[derive(LunogramEvent, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING-KEBAB-CASE", rename_all_fields(serialize = "camelCase"))]
enum With {
    #[serde(rename = "updated", alias = "changed")]
    CartUpdated {
        #[lunogram(external_id)]
        #[serde(rename = "user")]
        user_id: String,
        #[serde(default, skip_deserializing)]
        item_count: u8,
    },
}

#[derive(LunogramEvent, Serialize)]
#[serde(bound = "T: Serialize")]
struct Generic<T> {
    value: T,
}

fn main() {
    assert_eq!(Without::NAMES, ["without"]);
    assert_eq!(With::NAMES, ["cart_updated"]);
    let event = Without { user_id: "u".into(), order_number: 1, amount: 1.0, coupon: None };
    event.check().unwrap();
    let event = With::CartUpdated { user_id: "u".into(), item_count: 1 };
    event.check().unwrap();
    let _ = Generic { value: 1 }.to("user_123");
}
