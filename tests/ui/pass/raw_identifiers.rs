//! Raw identifiers lose their `r#` on the wire.

#![allow(non_camel_case_types)]

use lunogram::{LunogramEvent, Schedule};

#[derive(LunogramEvent)]
#[lunogram(rename_all = "UPPERCASE")]
struct r#type {
    #[lunogram(external_id)]
    r#for: String,
    r#match: u8,
}

#[derive(LunogramEvent)]
enum Loop {
    r#Break { r#in: u8, r#as: Option<&'static str> },
}

#[derive(Schedule)]
#[lunogram(interval = "24h")]
struct r#While {
    #[lunogram(external_id)]
    r#fn: u8,
    r#while: u8,
}

fn main() {
    assert_eq!(r#type::NAMES, ["type"]);
    assert_eq!(Loop::NAMES, ["break"]);
    assert_eq!(r#While::NAME, "while");
}
