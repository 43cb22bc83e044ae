//! Forms of times and bytes in every position: references, generics, packed structs, tracked enums.

#![deny(warnings)]

use lunogram::{AnyEvent, LunogramEvent};
use std::borrow::Cow;
use std::time::{Duration, SystemTime};

mod of_the_application {
    /// With the name of a type that has a form, and without serde's derive.
    pub struct Duration(pub u64);

    impl serde::Serialize for Duration {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_u64(self.0)
        }
    }
}

#[derive(LunogramEvent)]
pub struct Measured<'a, T, const N: usize> {
    pub at: &'a SystemTime,
    pub took: Option<&'a Duration>,
    pub own: of_the_application::Duration,
    #[lunogram(hex)]
    pub digest: &'a [u8; N],
    #[lunogram(base64)]
    pub content: Cow<'a, [u8]>,
    #[lunogram(millis)]
    pub generic: T,
    #[lunogram(as_serde)]
    pub list: [u8; 2],
}

fn main() {
    let event = Measured {
        at: &SystemTime::UNIX_EPOCH,
        took: None,
        own: of_the_application::Duration(7),
        digest: &[1, 2],
        content: Cow::Borrowed(b"f"),
        generic: Some(Duration::from_secs(1)),
        list: [3, 4],
    };
    let json = event.to("user_123").to_json().unwrap();
    assert!(json.ends_with(
        r#""data":{"at":"1970-01-01T00:00:00Z","own":7,"digest":"0102","content":"Zg==","generic":1000,"list":[3,4]}}"#
    ));
}
