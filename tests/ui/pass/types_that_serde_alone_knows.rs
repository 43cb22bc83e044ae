//! Texts, numbers and entries of types that only serde knows.

use lunogram::{LunogramEvent, UserTraits};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

#[derive(Serialize)]
struct Address(String);

#[derive(Serialize)]
struct Fields {
    a: u8,
}

#[derive(UserTraits)]
struct Customer<'a, T: Serialize> {
    #[lunogram(external_id)]
    id: u64,
    #[lunogram(email)]
    email: Option<Address>,
    #[lunogram(phone)]
    phone: Cow<'a, str>,
    #[lunogram(timezone)]
    timezone: Box<str>,
    #[lunogram(locale)]
    locale: T,
    #[lunogram(flatten)]
    fields: Option<Fields>,
    #[lunogram(flatten)]
    map: &'a BTreeMap<String, u8>,
    #[serde(flatten)]
    others: HashMap<String, T>,
    #[lunogram(string)]
    amount: Option<Box<u64>>,
    #[lunogram(string)]
    text: String,
    #[lunogram(flatten)]
    unit: (),
}

#[derive(LunogramEvent)]
enum Event {
    Paid {
        #[lunogram(flatten)]
        fields: Box<Fields>,
        #[lunogram(string)]
        flag: bool,
    },
}

fn main() {}
