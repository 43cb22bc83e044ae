//! What serde's derive compiles, and what it sends, against the same types with our derives.

use lunogram::{AnyEvent, AnyTraits, ExternalId, LunogramEvent, ToExternalId, UserTraits};
use serde::ser::{Error as _, SerializeMap as _};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The properties that are sent for an event.
#[track_caller]
fn data(event: &impl AnyEvent) -> Value {
    let json = event.to_json().expect("a valid event");
    let mut event: Value = serde_json::from_str(&json).expect("JSON");
    event["data"].take()
}

/// The paths of an event's problems.
#[track_caller]
fn paths(event: &impl AnyEvent) -> Vec<String> {
    let invalid = event.check().expect_err("an invalid event");
    let problems = invalid.problems().iter();
    problems.map(|problem| problem.path().to_owned()).collect()
}

#[test]
fn a_packed_struct_is_sent_as_serde_sends_it() {
    #[derive(Clone, Copy, ExternalId)]
    #[repr(packed)]
    struct Id(u64);

    #[derive(Clone, Copy, Serialize, LunogramEvent)]
    #[repr(C, packed(2))]
    struct Measured<'a> {
        #[serde(skip)]
        #[lunogram(external_id)]
        user: Id,
        flag: bool,
        value: f64,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<&'a str>,
        name: &'a &'a str,
        #[serde(serialize_with = "in_cents")]
        amount: f64,
        #[serde(skip_serializing_if = "is_zero")]
        zero: u32,
    }
    #[derive(Clone, Copy, UserTraits)]
    #[repr(packed)]
    struct Customer<'a> {
        #[lunogram(external_id)]
        id: u64,
        #[lunogram(email)]
        email: Option<&'a str>,
    }
    let name = "probe";
    let event = Measured {
        user: Id(7),
        flag: true,
        value: 1.5,
        note: Some("x"),
        name: &name,
        amount: 12.5,
        zero: 0,
    };
    let expected = serde_json::to_value(event).expect("JSON");
    assert_eq!(data(&event), expected);
    assert_eq!(Id(7).to_external_id(), "7");
    assert!(Customer { id: 1, email: None }.check().is_ok());
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn in_cents<S: Serializer>(amount: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(amount * 100.0)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[derive(Serialize)]
enum Payment {
    Cash,
    Card(&'static str),
    Transfer(u8, f64),
    Invoice { days: u8, rate: f64 },
}

#[derive(Serialize, LunogramEvent)]
struct Paid {
    #[serde(skip)]
    #[lunogram(external_id)]
    user: u8,
    amount: u8,
    #[serde(flatten)]
    payment: Payment,
    after: u8,
}

fn paid(payment: Payment) -> Paid {
    Paid {
        user: 1,
        amount: 2,
        payment,
        after: 3,
    }
}

#[test]
fn a_flattened_enum_is_one_property_in_each_kind_of_variant() {
    for payment in [
        Payment::Cash,
        Payment::Card("visa"),
        Payment::Transfer(1, 0.5),
        Payment::Invoice {
            days: 14,
            rate: 0.5,
        },
    ] {
        let event = paid(payment);
        let expected = serde_json::to_value(&event).expect("JSON");
        assert_eq!(data(&event), expected);
    }
    assert_eq!(
        data(&paid(Payment::Cash)),
        json!({"amount": 2, "Cash": null, "after": 3})
    );
}

#[test]
fn a_problem_in_a_flattened_value_has_its_path() {
    let rate = f64::NAN;
    assert_eq!(
        paths(&paid(Payment::Invoice { days: 14, rate })),
        ["data.Invoice.rate"]
    );
    assert_eq!(
        paths(&paid(Payment::Transfer(1, rate))),
        ["data.Transfer[1]"]
    );

    /// Fails after an entry, before the next one.
    struct Failing(bool);
    impl Serialize for Failing {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            if self.0 {
                return Err(S::Error::custom("no entry"));
            }
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry("entry", &1)?;
            Err(S::Error::custom("no more entries"))
        }
    }
    #[derive(LunogramEvent)]
    struct Flattened<T> {
        #[lunogram(external_id)]
        user: u8,
        amount: u8,
        #[lunogram(flatten)]
        more: T,
    }
    fn flattened<T>(more: T) -> Flattened<T> {
        Flattened {
            user: 1,
            amount: 2,
            more,
        }
    }
    assert_eq!(paths(&flattened(Failing(true))), ["data"]);
    assert_eq!(paths(&flattened(Failing(false))), ["data"]);
    assert_eq!(paths(&flattened(7)), ["data"]);
    // A key that is not a text.
    let keyed = BTreeMap::from([([1_u8], 1)]);
    assert_eq!(paths(&flattened(keyed)), ["data"]);
    // The name of a property of the event.
    let keyed = BTreeMap::from([("amount", 1)]);
    assert_eq!(paths(&flattened(keyed)), ["data"]);
}

/// Writes the codes as entries with upper-case keys.
fn upper<S: Serializer>(codes: &[&str], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(codes.len()))?;
    for code in codes {
        map.serialize_entry(&code.to_uppercase(), code)?;
    }
    map.end()
}

mod counted {
    use serde::{Serialize as _, Serializer};
    use std::collections::BTreeMap;

    pub(super) fn serialize<S: Serializer>(
        value: &BTreeMap<&str, Vec<u8>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let counts = value.iter().map(|(key, list)| (*key, list.len()));
        counts.collect::<BTreeMap<_, _>>().serialize(serializer)
    }
}

#[test]
fn a_flattened_field_is_written_by_its_function() {
    #[derive(Serialize, LunogramEvent)]
    struct Scanned {
        #[serde(skip)]
        #[lunogram(external_id)]
        user: u8,
        amount: u8,
        #[serde(flatten, serialize_with = "upper")]
        codes: [&'static str; 2],
        #[serde(flatten, with = "counted")]
        lists: BTreeMap<&'static str, Vec<u8>>,
    }
    let lists = BTreeMap::from([("x", vec![1, 2]), ("y", vec![])]);
    let mut event = Scanned {
        user: 1,
        amount: 2,
        codes: ["a", "b"],
        lists,
    };
    let expected = serde_json::to_value(&event).expect("JSON");
    assert_eq!(data(&event), expected);
    assert_eq!(
        expected,
        json!({"amount": 2, "A": "a", "B": "b", "x": 2, "y": 0})
    );
    // A key that two functions write is refused like one that two maps have.
    event.lists.insert("A", Vec::new());
    assert_eq!(paths(&event), ["data"]);

    /// Our attribute, and serde's function.
    #[derive(LunogramEvent)]
    struct Ours {
        #[lunogram(external_id)]
        user: u8,
        #[lunogram(flatten)]
        #[serde(with = "counted")]
        lists: BTreeMap<&'static str, Vec<u8>>,
    }
    let lists = BTreeMap::from([("x", vec![1, 2])]);
    assert_eq!(data(&Ours { user: 1, lists }), json!({"x": 2}));
}
