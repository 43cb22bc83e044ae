//! Names in the application do not affect generated code.

#![allow(non_camel_case_types, unused)]

use serde::Serialize;

#[derive(Serialize)]
struct String;
#[derive(Serialize)]
struct Option;
#[derive(Serialize)]
struct Result;
#[derive(Serialize)]
struct Vec;
struct Some;
struct None;
struct Ok;
struct Err;
struct str;
struct u8;
struct User;
struct Organization;
struct Writer;
struct Serialize_;
mod lunogram {}
mod core {}
mod std {}
mod __private {}

trait Methods {
    fn property(&self) {}
    fn literal(&self) {}
    fn encode(&self) {}
    fn event_name(&self) {}
}

impl<T: ?Sized> Methods for T {}

macro_rules! compile_error {
    ($($any:tt)*) => {};
}

#[derive(::lunogram::LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    w: u64,
    string: String,
    option: Option,
    result: Result,
    vec: Vec,
    #[serde(with = "by_hand")]
    s: u64,
    __w: u64,
}

impl PurchaseCompleted {
    const NAMES: bool = false;
    const KEYS: bool = false;

    fn encode(&self) {}
    fn event_name(&self) {}
}

#[derive(::lunogram::LunogramEvent)]
enum Subject {
    Subject { w: u64, __w: u64, s: u64 },
    Option { user: u64 },
}

#[derive(::lunogram::UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: u64,
    #[lunogram(email)]
    email: ::std::string::String,
}

mod by_hand {
    pub fn serialize<S: serde::Serializer>(_: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_none()
    }
}

fn main() {
    let event = PurchaseCompleted {
        w: 1,
        string: String,
        option: Option,
        result: Result,
        vec: Vec,
        s: 1,
        __w: 2,
    };
    ::lunogram::AnyEvent::check(&event).unwrap();
}
