use lunogram::{LunogramEvent, OrganizationTraits, UserTraits};
use std::collections::HashMap;

#[derive(UserTraits)]
struct Customer<'a> {
    #[lunogram(external_id)]
    id: u64,
    #[lunogram(email)]
    email: Vec<String>,
    #[lunogram(phone)]
    phone: Option<&'a u64>,
    #[lunogram(timezone)]
    timezone: HashMap<String, String>,
    #[lunogram(locale)]
    locale: bool,
}

#[derive(OrganizationTraits)]
struct Company {
    #[lunogram(external_id)]
    id: u64,
    #[lunogram(name)]
    name: (String, String),
}

#[derive(LunogramEvent)]
struct Paid<'a, T> {
    #[lunogram(flatten)]
    bytes: Vec<u8>,
    #[lunogram(string)]
    amounts: Vec<u64>,
    #[lunogram(flatten)]
    generic: &'a [T],
    #[serde(flatten)]
    text: String,
    #[lunogram(string)]
    totals: HashMap<String, u64>,
}

fn main() {}
