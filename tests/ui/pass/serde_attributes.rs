//! Serde's attributes have serde's meaning, with and without its derives.

#![deny(warnings)]

use lunogram::{AnyEvent, AnySchedule, AnyTraits, LunogramEvent, Schedule, UserTraits};
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
#[serde(rename_all = "SCREAMING-KEBAB-CASE", rename_all_fields(serialize = "camelCase"))]
enum With {
    #[lunogram(name = "cart_updated")]
    #[serde(rename = "updated", alias = "changed", alias = "new")]
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

/// Serde's names that do not differ from ours.
#[derive(LunogramEvent)]
#[serde(rename_all = "snake_case")]
enum Cart {
    CartEmptied {
        #[lunogram(external_id)]
        user: u64,
    },
}

/// Attributes that concern only `Deserialize`, bounds and the path of serde.
#[derive(UserTraits)]
#[serde(crate = "serde", bound(serialize = "T: Serialize", deserialize = ""), default = "Self::new")]
#[serde(deny_unknown_fields, expecting = "a customer", from = "Row<T>", rename(deserialize = "row"))]
#[serde(try_from = "Row<T>", rename_all(deserialize = "camelCase"))]
struct Customer<T> {
    #[lunogram(external_id)]
    #[serde(alias = "key", alias = "number", skip_deserializing)]
    id: u64,
    #[lunogram(email)]
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "trimmed")]
    email: Option<String>,
    #[serde(borrow, default, bound = "")]
    plan: &'static str,
    #[serde(borrow = "'a", default = "default_tier", rename(deserialize = "level"))]
    tier: u8,
    #[serde()]
    value: T,
}

/// The format of a moment is no part of its value.
#[derive(Schedule)]
struct Renewal {
    #[lunogram(external_id)]
    user: u64,
    #[lunogram(scheduled_at)]
    #[serde(with = "ts_seconds")]
    at: std::time::SystemTime,
}

fn main() {
    assert_eq!(Without::NAMES, ["without"]);
    assert_eq!(With::NAMES, ["cart_updated"]);
    let event = Without { user_id: "u".into(), order_number: 1, amount: 1.0, coupon: None };
    event.check().unwrap();
    let event = With::CartUpdated { user_id: "u".into(), item_count: 1 };
    event.check().unwrap();
    let _ = Generic { value: 1 }.to("user_123");
    Cart::CartEmptied { user: 1 }.check().unwrap();
    let customer = Customer { id: 1, email: None, plan: "pro", tier: 1, value: 1 };
    customer.check().unwrap();
    Renewal { user: 1, at: std::time::SystemTime::UNIX_EPOCH }.check().unwrap();
}
