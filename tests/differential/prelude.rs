// The part of the generated program that is the same for all types: the expected forms of times and
// bytes, written without the library, and the comparison.

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use lunogram_core::{AnyEvent, AnyTraits, LunogramEvent, UserTraits};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::{Number, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Compares the data of a payload with the JSON of its twin.
fn same(label: &str, ours: Result<String, lunogram_core::Invalid>, twin: &impl Serialize, failed: &mut usize) {
    let expected = serde_json::to_string(twin).expect("serde_json writes it");
    let sent = ours.map_err(|invalid| invalid.to_string()).and_then(|json| {
        let (_, data) = json.split_once(",\"data\":").ok_or("no data")?;
        Ok(data.strip_suffix('}').unwrap_or(data).to_owned())
    });
    // Traits without a property have no data.
    let sent = match sent {
        Err(error) if error == "no data" => Ok("{}".to_owned()),
        sent => sent,
    };
    if sent.as_ref() != Ok(&expected) {
        *failed += 1;
        println!("{label}:\n  sent     {sent:?}\n  expected {expected}");
    }
}

#[derive(Clone, Copy)]
enum Form { Own, Millis, Iso8601, Base64, Hex }

/// A type whose form, by the table in the guide, is not serde's.
trait Expect {
    fn expect(&self, form: Form) -> Value;
}

fn length(is_negative: bool, nanos: u128, form: Form) -> Value {
    let sign = if is_negative { "-" } else { "" };
    let number = |unit: u128, digits: usize| {
        let (whole, rest) = (nanos / unit, nanos % unit);
        let text = if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:0digits$}") };
        if rest == 0 { json!(text.parse::<i64>().expect("an integer")) } else { json!(text.parse::<f64>().expect("a number")) }
    };
    match form {
        Form::Own => number(1_000_000_000, 9),
        Form::Millis => number(1_000_000, 6),
        _ => {
            let (seconds, nanos) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
            let mut parts = String::new();
            if seconds >= 3600 { parts += &format!("{}H", seconds / 3600); }
            if seconds / 60 % 60 > 0 { parts += &format!("{}M", seconds / 60 % 60); }
            let fraction = format!(".{nanos:09}");
            let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
            if seconds % 60 > 0 || nanos > 0 || parts.is_empty() { parts += &format!("{}{fraction}S", seconds % 60); }
            json!(format!("{sign}PT{parts}"))
        }
    }
}

impl Expect for Duration {
    fn expect(&self, form: Form) -> Value { length(false, self.as_nanos(), form) }
}

impl Expect for TimeDelta {
    fn expect(&self, form: Form) -> Value {
        length(*self < TimeDelta::zero(), self.abs().to_std().expect("positive").as_nanos(), form)
    }
}

impl Expect for SystemTime {
    fn expect(&self, _: Form) -> Value {
        json!(DateTime::<Utc>::from(*self).to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

fn bytes(bytes: &[u8], form: Form) -> Value {
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let (size, digits) = match form {
        Form::Base64 => (6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
        _ => (4, "0123456789abcdef"),
    };
    let mut text = String::new();
    for group in bits.as_bytes().chunks(size) {
        let group = format!("{:0<size$}", std::str::from_utf8(group).expect("digits"));
        let at = usize::from_str_radix(&group, 2).expect("binary");
        text.push(digits.chars().nth(at).expect("a digit"));
    }
    while size == 6 && text.len() % 4 != 0 { text.push('='); }
    json!(text)
}

impl Expect for Vec<u8> {
    fn expect(&self, form: Form) -> Value { bytes(self, form) }
}

impl Expect for [u8] {
    fn expect(&self, form: Form) -> Value { bytes(self, form) }
}

impl<const N: usize> Expect for [u8; N] {
    fn expect(&self, form: Form) -> Value { bytes(self, form) }
}

impl<T: Expect> Expect for Option<T> {
    fn expect(&self, form: Form) -> Value { self.as_ref().map_or(Value::Null, |value| value.expect(form)) }
}

impl<T: Expect> Expect for Vec<T> {
    fn expect(&self, form: Form) -> Value { self.iter().map(|value| value.expect(form)).collect() }
}

impl<T: Expect> Expect for BTreeMap<String, T> {
    fn expect(&self, form: Form) -> Value {
        Value::Object(self.iter().map(|(key, value)| (key.clone(), value.expect(form))).collect())
    }
}

impl<T: Expect> Expect for Box<T> {
    fn expect(&self, form: Form) -> Value { (**self).expect(form) }
}

impl<T: Expect + ?Sized> Expect for &T {
    fn expect(&self, form: Form) -> Value { (**self).expect(form) }
}

macro_rules! expected {
    ($($function:ident $form:ident;)+) => {$(
        fn $function<T: Expect, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
            value.expect(Form::$form).serialize(serializer)
        }
    )+};
}

expected! { in_own_form Own; in_millis Millis; in_iso8601 Iso8601; in_base64 Base64; in_hex Hex; }

/// The text that `#[lunogram(string)]` sends.
fn stringed<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let json = serde_json::to_string(value).map_err(S::Error::custom)?;
    if json == "null" {
        serializer.serialize_none()
    } else if json.starts_with('"') {
        serializer.serialize_str(&serde_json::from_str::<String>(&json).map_err(S::Error::custom)?)
    } else {
        serializer.serialize_str(&json)
    }
}

fn number(text: &str) -> Number { serde_json::from_str(text).expect("a number") }

/// A function of the application that leaves out some values.
fn is_even<T: Serialize>(value: &T) -> bool {
    serde_json::to_string(value).map_or(0, |json| json.len()) % 2 == 0
}

/// A function of the application that writes another value.
fn as_length<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(serde_json::to_string(value).map_err(S::Error::custom)?.len() as u64)
}

mod wrapped {
    pub fn serialize<T: serde::Serialize, S: serde::Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq([value])
    }
}

/// A type that implements `Serialize` by hand.
struct Shown(i32);

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("<{}\n>", self.0))
    }
}
