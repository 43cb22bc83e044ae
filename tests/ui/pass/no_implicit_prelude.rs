//! Generated code does not depend on the prelude.

#![no_implicit_prelude]

#[derive(::lunogram::LunogramEvent)]
struct PurchaseCompleted<T> {
    #[lunogram(external_id)]
    user: u64,
    amount: ::std::option::Option<T>,
    #[serde(skip_serializing_if = "::std::string::String::is_empty")]
    coupon: ::std::string::String,
    #[lunogram(flatten)]
    extra: ::std::collections::BTreeMap<u8, u8>,
}

#[derive(::lunogram::LunogramEvent)]
enum CartEvent {
    CartUpdated { items: u32 },
    CartEmptied {},
    CartLost,
}

#[derive(::lunogram::UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: ::std::string::String,
    #[lunogram(email)]
    email: ::std::string::String,
}

#[derive(::lunogram::OrganizationTraits)]
struct Company {
    #[lunogram(external_id)]
    id: ::std::string::String,
    #[lunogram(name)]
    name: ::std::string::String,
}

#[derive(::lunogram::Schedule)]
#[lunogram(interval = "24h")]
struct Digest {
    #[lunogram(external_id)]
    user: u64,
}

#[derive(::serde::Serialize, ::lunogram::LunogramProperty)]
struct Address {
    city: ::std::string::String,
    lines: ::std::vec::Vec<::std::string::String>,
}

#[derive(::serde::Serialize, ::lunogram::LunogramProperty)]
#[serde(rename_all = "snake_case")]
enum Tier {
    Basic,
    Plus,
}

fn main() {}
