//! The encoder writes what `serde_json` writes, and refuses values that the server would read as
//! other values.

use lunogram::__private::{Buffer, Writer};
use lunogram::{LunogramEvent, Problem};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

#[derive(Clone, Debug, LunogramEvent, Serialize)]
struct Everything {
    #[lunogram(external_id)]
    #[serde(skip)]
    user: String,
    text: String,
    character: char,
    flag: bool,
    small: i8,
    signed: i64,
    unsigned: u64,
    wide: i128,
    single: f32,
    double: f64,
    maybe: Option<u16>,
    #[lunogram(null)]
    nullable: Option<String>,
    unit: (),
    tuple: (u8, String, Option<bool>),
    list: Vec<Nested>,
    keyed: BTreeMap<u32, Shape>,
    any: Value,
    #[serde(flatten)]
    extra: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, Serialize)]
struct Nested {
    #[serde(rename = "odd \"key\"")]
    odd: Option<String>,
    inner: Newtype,
}

#[derive(Clone, Debug, Serialize)]
struct Newtype(f64);

#[derive(Clone, Debug, Serialize)]
enum Shape {
    Unit,
    Newtype(String),
    Tuple(i32, Option<String>),
    Struct { radius: f64 },
}

const SAFE: i64 = (1 << 53) - 1;

fn number() -> impl Strategy<Value = f64> {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    NORMAL | SUBNORMAL | ZERO | POSITIVE | NEGATIVE
}

/// Texts without U+0000, which is refused.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        any::<String>().prop_map(|text| text.replace('\0', "")),
        "[\"\\\\\u{1}-\u{1f}\u{7f}-\u{9f}]{1,9}"
    ]
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-SAFE..=SAFE).prop_map(Value::from),
        number().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map(text(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::Unit),
        text().prop_map(Shape::Newtype),
        (any::<i32>(), proptest::option::of(text())).prop_map(|(n, s)| Shape::Tuple(n, s)),
        number().prop_map(|radius| Shape::Struct { radius }),
    ]
}

fn nested() -> impl Strategy<Value = Nested> {
    (proptest::option::of(text()), number()).prop_map(|(odd, inner)| Nested {
        odd,
        inner: Newtype(inner),
    })
}

prop_compose! {
    fn everything()(
        (user, text, character, flag) in (
            "[a-z]\\PC{0,9}",
            text(),
            prop::char::range('\u{1}', char::MAX),
            any::<bool>(),
        ),
        (small, signed, unsigned, wide) in (
            any::<i8>(),
            -SAFE..=SAFE,
            0..=SAFE.unsigned_abs(),
            -i128::from(SAFE)..=i128::from(SAFE),
        ),
        single in proptest::num::f32::NORMAL | proptest::num::f32::ZERO,
        double in number(),
        (maybe, nullable) in (any::<Option<u16>>(), proptest::option::of(text())),
        tuple in (any::<u8>(), text(), any::<Option<bool>>()),
        (list, keyed) in (vec(nested(), 0..4), btree_map(any::<u32>(), shape(), 0..4)),
        any in json_value(),
        extra in btree_map("x_[a-z\"\\\\é]{1,6}", json_value(), 0..4),
    ) -> Everything {
        Everything {
            user, text, character, flag, small, signed, unsigned, wide, single, double, maybe,
            nullable, unit: (), tuple, list, keyed, any, extra,
        }
    }
}

fn encode(event: &impl LunogramEvent) -> Result<Vec<u8>, Vec<Problem>> {
    let mut bytes = Buffer::default();
    bytes.extend_from_slice(b"earlier bytes in the buffer:");
    let mut writer = Writer::new(&mut bytes);
    event.encode(&mut writer);
    writer.end_event();
    let outcome = writer.finish();
    let written = bytes
        .written()
        .strip_prefix(b"earlier bytes in the buffer:")
        .expect("earlier bytes stay")
        .to_vec();
    assert!(
        outcome.is_ok() || written.is_empty(),
        "a failed event leaves no bytes"
    );
    outcome.map(|()| written)
}

proptest! {
    #[test]
    fn data_is_equal_to_the_output_of_serde_json(event in everything()) {
        let bytes = encode(&event).expect("a valid event");
        let written: Value = serde_json::from_slice(&bytes).expect("JSON");
        // Through text, because `to_value` converts an `f32` to another number than `to_string`
        // writes.
        let text = serde_json::to_string(&event).expect("JSON");
        let mut data: Value = serde_json::from_str(&text).expect("JSON");
        if event.maybe.is_none() {
            data.as_object_mut().expect("an object").remove("maybe");
        }
        let expected = json!({
            "identifier": [{"external_id": event.user}],
            "name": "everything",
            "data": data,
        });
        prop_assert_eq!(written, expected);
    }

    #[test]
    fn numbers_that_a_double_cannot_hold_are_refused_at_any_depth(
        event in everything(),
        poison in prop_oneof![
            Just(json!(SAFE + 1)), Just(json!(-SAFE - 1)), Just(json!(u64::MAX)), Just(json!(i64::MIN)),
        ],
        depth in 0_usize..6,
    ) {
        let mut event = event;
        let path = format!("data.any{}", "[1].deep".repeat(depth));
        event.any = (0..depth).fold(poison, |inner, _| json!([true, {"deep": inner}]));
        event.double = f64::NAN;
        event.user.clear();
        let problems = encode(&event).expect_err("three problems");
        let paths: Vec<_> = problems.iter().map(Problem::path).collect();
        prop_assert_eq!(paths, ["identifier[0].external_id", "data.double", path.as_str()]);
    }
}

#[derive(LunogramEvent)]
struct Hostile {
    #[lunogram(external_id)]
    user: String,
    text: String,
}

#[test]
fn strings_with_escapes_and_control_characters_survive() {
    let long = "\u{1F319}\"\\\u{1}".repeat(1 << 18);
    assert!(long.len() > 1 << 20);
    for text in [
        long.as_str(),
        "\\ud800",
        "\"}],\"name\":\"user.deleted\"",
        "\u{2028}\u{2029}\u{feff}\u{fffd}\u{10ffff}",
        "line\r\nline\ttab\u{8}\u{c}\u{1b}[31m",
        "",
    ] {
        let event = Hostile {
            user: format!("u{}", text.chars().take(9).collect::<String>()),
            text: text.to_owned(),
        };
        let bytes = encode(&event).expect("a valid event");
        let written: Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(written["data"], json!({"text": text}));
        assert_eq!(written["identifier"][0]["external_id"], event.user);
        assert_eq!(written["name"], "hostile");
    }
}

#[derive(LunogramEvent)]
struct Flattened {
    #[lunogram(external_id)]
    user: u64,
    plan: &'static str,
    #[lunogram(flatten)]
    first: BTreeMap<String, Value>,
    #[lunogram(flatten)]
    second: BTreeMap<String, Value>,
}

#[test]
fn a_property_that_is_named_twice_is_refused() {
    let map = |keys: &[&str]| {
        keys.iter()
            .map(|key| ((*key).to_owned(), json!(1)))
            .collect()
    };
    let event = Flattened {
        user: 7,
        plan: "pro",
        first: map(&["a", "plan"]),
        second: map(&["b", "a"]),
    };
    let problems = encode(&event).expect_err("`plan` and `a` are named twice");
    assert_eq!(problems.len(), 2, "{problems:?}");
    for (problem, key) in problems.iter().zip(["`plan`", "`a`"]) {
        assert_eq!(problem.path(), "data");
        assert!(problem.message().contains(key), "{problem}");
    }

    let event = Flattened {
        first: map(&["a"]),
        second: map(&["b"]),
        ..event
    };
    let written: Value =
        serde_json::from_slice(&encode(&event).expect("a valid event")).expect("JSON");
    assert_eq!(written["data"], json!({"plan": "pro", "a": 1, "b": 1}));
}
