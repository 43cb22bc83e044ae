//! The derives on types with serde's attributes, compared with serde's own derive.

#![expect(
    clippy::items_after_statements,
    clippy::option_option,
    clippy::repr_packed_without_abi,
    reason = "types as applications write them, each beside what it shows"
)]

use lunogram::{AnyEvent, AnyTraits, ExternalId, LunogramEvent, ToExternalId, UserTraits};
use serde::ser::{Error as _, SerializeMap as _, SerializeStruct as _};
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

mod double_option {
    use serde::Serializer;

    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "serde calls it so"
    )]
    pub(super) fn serialize<S: Serializer>(
        value: &Option<Option<u8>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            None => serializer.serialize_unit(),
            Some(None) => serializer.serialize_none(),
            Some(Some(value)) => serializer.serialize_some(value),
        }
    }
}

#[test]
fn an_absent_value_and_null_are_different_wishes() {
    #[derive(LunogramEvent)]
    struct Patched {
        #[lunogram(external_id)]
        user: u8,
        alone: Option<Option<u8>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        skipped: Option<Option<u8>>,
        #[serde(with = "double_option")]
        doubled: Option<Option<u8>>,
        #[serde(with = "double_option", skip_serializing_if = "Option::is_none")]
        doubled_and_skipped: Option<Option<u8>>,
        #[lunogram(string)]
        text: Option<Option<u8>>,
        #[lunogram(null)]
        #[serde(skip_serializing_if = "Option::is_none")]
        null_and_skipped: Option<Option<u8>>,
        #[lunogram(null)]
        null: Option<Option<u8>>,
    }
    fn sent(value: Option<Option<u8>>) -> Value {
        data(&Patched {
            user: 1,
            alone: value,
            skipped: value,
            doubled: value,
            doubled_and_skipped: value,
            text: value,
            null_and_skipped: value,
            null: value,
        })
    }
    assert_eq!(sent(None), json!({"null": null}));
    assert_eq!(
        sent(Some(None)),
        json!({
            "alone": null, "skipped": null, "doubled": null, "doubled_and_skipped": null,
            "text": null, "null_and_skipped": null, "null": null,
        })
    );
    assert_eq!(
        sent(Some(Some(7))),
        json!({
            "alone": 7, "skipped": 7, "doubled": 7, "doubled_and_skipped": 7, "text": "7",
            "null_and_skipped": 7, "null": 7,
        })
    );
}

#[test]
fn null_and_a_condition_mean_both() {
    #[derive(LunogramEvent)]
    struct Patched {
        #[lunogram(external_id)]
        user: u8,
        #[lunogram(null)]
        #[serde(skip_serializing_if = "is_odd")]
        even: Option<u8>,
    }
    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "serde calls it so"
    )]
    fn is_odd(number: &Option<u8>) -> bool {
        number.is_some_and(|number| number % 2 == 1)
    }
    for (even, sent) in [
        (Some(1), json!({})),
        (Some(2), json!({"even": 2})),
        (None, json!({"even": null})),
    ] {
        assert_eq!(data(&Patched { user: 1, even }), sent);
    }
}

#[test]
fn an_untagged_none_is_left_out_and_an_untagged_unit_is_null() {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Choice {
        Number(Option<u8>),
        Nothing,
    }
    #[derive(LunogramEvent)]
    struct Chosen {
        #[lunogram(external_id)]
        user: u8,
        choice: Choice,
    }
    for (choice, sent) in [
        (Choice::Number(None), json!({})),
        (Choice::Number(Some(1)), json!({"choice": 1})),
        (Choice::Nothing, json!({"choice": null})),
    ] {
        assert_eq!(data(&Chosen { user: 1, choice }), sent);
    }
}

#[test]
fn floats_that_are_texts_are_those_of_serde_json() {
    /// As `serde_json::Number` with the feature `arbitrary_precision`.
    struct Exact(&'static str);
    impl Serialize for Exact {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut number = serializer.serialize_struct("$serde_json::private::Number", 1)?;
            number.serialize_field("$serde_json::private::Number", self.0)?;
            number.end()
        }
    }
    /// A float as the key of a map.
    struct Keyed(f64, f32);
    impl Serialize for Keyed {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry(&self.0, &1)?;
            map.serialize_entry(&self.1, &2)?;
            map.end()
        }
    }
    #[derive(LunogramEvent)]
    struct Measured {
        #[lunogram(external_id)]
        user: u8,
        #[lunogram(string)]
        value: f64,
        #[lunogram(string)]
        single: Option<f32>,
        #[lunogram(string)]
        exact: Exact,
        keyed: Keyed,
    }
    for (value, single) in [
        (5.0, 0.1),
        (1e300, 1e-9),
        (-0.0, 16_777_216.0),
        (0.1 + 0.2, 3.5),
    ] {
        let keyed = Keyed(value, single);
        let expected = serde_json::to_value(&keyed).expect("JSON");
        let sent = data(&Measured {
            user: 1,
            value,
            single: Some(single),
            exact: Exact("12345678901234567890.10"),
            keyed,
        });
        assert_eq!(sent["keyed"], expected);
        assert_eq!(sent["value"], serde_json::to_string(&value).expect("JSON"));
        assert_eq!(
            sent["single"],
            serde_json::to_string(&single).expect("JSON")
        );
        assert_eq!(sent["exact"], "12345678901234567890.10");
    }
}
