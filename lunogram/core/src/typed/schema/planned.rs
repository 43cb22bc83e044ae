//! Comparisons with the tracking plan at compile time.
//!
//! A constant that holds is evaluated in a few steps: it compares the fingerprint of the planned
//! schema with that of the type's, which the compiler computes once for each type. Texts are built
//! for the message of one that does not hold.

use super::super::const_string::ConstString;
use super::super::keys::equal;
use super::sink::Sink;
use super::text::{Part, write_parts};
use super::{LunogramProperty, Presence, Schema};
use lunogram_rules::plan::{ANY, ANY_HERE, Fingerprint, OPTIONAL_HERE, OTHER_HERE, REQUIRED_HERE};
use std::marker::PhantomData;

/// The fingerprints of properties of this type.
struct Known<T: ?Sized>(PhantomData<T>);

impl<T: LunogramProperty + ?Sized> Known<T> {
    const UNLESS: u64 = fingerprint(&T::SCHEMA, Presence::Unless);
    const ALWAYS: u64 = fingerprint(&T::SCHEMA, Presence::Always);
    const SOMETIMES: u64 = fingerprint(&T::SCHEMA, Presence::Sometimes);
    const SOMETIMES_NULL: u64 = fingerprint(&T::SCHEMA, Presence::SometimesNull);
}

const fn fingerprint(schema: &Schema, presence: Presence) -> u64 {
    let required = presence.is_required(schema);
    fingerprint_of(&[Part::Schema(*presence.written(schema))], required)
}

const fn fingerprint_of(parts: &[Part], required: bool) -> u64 {
    let mut text = Sink::Fingerprint(Fingerprint::new(required));
    write_parts(parts, &mut text);
    match text {
        Sink::Fingerprint(fingerprint) => fingerprint.number(),
        Sink::Text(_) => 0,
    }
}

// One function for each presence: a further argument would cost the compiler more than the
// comparison.

/// Fails to compile if the schema of a property's type differs from the tracking plan. `words` are
/// the planned schema, U+001F, and the subject of the message.
///
/// # Panics
/// If they differ; at compile time, since only constants call it.
#[track_caller]
pub const fn planned_unless<T: LunogramProperty + ?Sized>(planned: u64, words: &'static str) {
    if Known::<T>::UNLESS != planned {
        refuse_schema(&T::SCHEMA, Presence::Unless, words);
    }
}

/// The same for a property that is always present.
///
/// # Panics
/// If they differ; at compile time, since only constants call it.
#[track_caller]
pub const fn planned_always<T: LunogramProperty + ?Sized>(planned: u64, words: &'static str) {
    if Known::<T>::ALWAYS != planned {
        refuse_schema(&T::SCHEMA, Presence::Always, words);
    }
}

/// The same for a property that is not always present.
///
/// # Panics
/// If they differ; at compile time, since only constants call it.
#[track_caller]
pub const fn planned_sometimes<T: LunogramProperty + ?Sized>(planned: u64, words: &'static str) {
    if Known::<T>::SOMETIMES != planned {
        refuse_schema(&T::SCHEMA, Presence::Sometimes, words);
    }
}

/// The same for a property that is not always present, and may be `null`.
///
/// # Panics
/// If they differ; at compile time, since only constants call it.
#[track_caller]
pub const fn planned_sometimes_null<T: LunogramProperty + ?Sized>(
    planned: u64,
    words: &'static str,
) {
    if Known::<T>::SOMETIMES_NULL != planned {
        refuse_schema(&T::SCHEMA, Presence::SometimesNull, words);
    }
}

/// The same for a schema.
///
/// # Panics
/// If they differ; at compile time, since only constants call it.
#[track_caller]
pub const fn planned_schema(
    schema: &Schema,
    presence: Presence,
    planned: u64,
    words: &'static str,
) {
    if fingerprint(schema, presence) != planned {
        refuse_schema(schema, presence, words);
    }
}

/// The same for a variant, which has no presence.
///
/// # Panics
/// If they differ; at compile time, since only constants call it.
#[track_caller]
pub const fn planned_parts(parts: &[Part], planned: u64, words: &'static str) {
    if fingerprint_of(parts, true) != planned {
        refuse_other(parts, words);
    }
}

/// Separates the schema from the subject. It is not in any JSON text.
const SEPARATOR: u8 = 0x1f;

/// The planned schema, and the subject of the message.
const fn split(words: &'static str) -> (&'static str, &'static str) {
    let mut at = 0;
    while at + 1 < words.len() && words.as_bytes()[at] != SEPARATOR {
        at += 1;
    }
    let (schema, rest) = words.split_at(at);
    (schema, rest.split_at(1).1)
}

#[track_caller]
const fn refuse_schema(schema: &Schema, presence: Presence, words: &'static str) -> ! {
    let required = presence.is_required(schema);
    let written = *presence.written(schema);
    let (in_plan, subject) = split(words);
    let in_plan = fingerprint_of(&[Part::Text(in_plan)], required);
    if fingerprint(schema, presence) != in_plan {
        refuse_other(&[Part::Schema(written)], words)
    }
    let other = if required {
        REQUIRED_HERE
    } else {
        OPTIONAL_HERE
    };
    refuse(&[subject, other])
}

/// Longer than a schema on one line.
const MAX_LINE: usize = 1 << 16;

#[expect(
    clippy::large_stack_arrays,
    reason = "only constants call it, in the compiler's memory"
)]
#[track_caller]
const fn refuse_other(parts: &[Part], words: &'static str) -> ! {
    let mut buffer = [0; MAX_LINE];
    let mut in_code = Sink::Text(ConstString::new(&mut buffer));
    write_parts(parts, &mut in_code);
    let (in_plan, subject) = split(words);
    let [is, but, mut advice] = OTHER_HERE;
    if equal(in_code.as_str().as_bytes(), ANY.as_bytes()) {
        advice = ANY_HERE;
    }
    refuse(&[subject, is, in_code.as_str(), but, in_plan, advice])
}

#[expect(
    clippy::large_stack_arrays,
    reason = "only constants call it, in the compiler's memory"
)]
#[track_caller]
const fn refuse(words: &[&str]) -> ! {
    let mut buffer = [0; 4 * MAX_LINE];
    let mut message = ConstString::new(&mut buffer);
    let mut at = 0;
    while at < words.len() {
        message.push(words[at]);
        at += 1;
    }
    panic!("{}", message.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Function = fn(u64, &'static str);

    const INTEGER: &str = "{\"type\": \"integer\"}";
    const NULLABLE: &str = "{\"type\": [\"integer\", \"null\"]}";

    fn fingerprint_of_text(text: &str, required: bool) -> u64 {
        Fingerprint::new(required).with(text).number()
    }

    fn refusal(call: impl FnOnce() + std::panic::UnwindSafe) -> Option<String> {
        let payload = std::panic::catch_unwind(call).err()?;
        payload.downcast_ref::<String>().cloned()
    }

    #[test]
    fn a_property_as_planned_is_accepted_and_any_other_is_refused() {
        let cases: [(Function, &str, bool); 8] = [
            (planned_unless::<i64>, INTEGER, true),
            (planned_unless::<Option<i64>>, INTEGER, false),
            (planned_always::<i64>, INTEGER, true),
            (planned_always::<Option<i64>>, NULLABLE, true),
            (planned_sometimes::<i64>, INTEGER, false),
            (planned_sometimes::<Option<i64>>, INTEGER, false),
            (planned_sometimes_null::<i64>, INTEGER, false),
            (planned_sometimes_null::<Option<i64>>, NULLABLE, false),
        ];
        for (at, (assert, schema, required)) in cases.into_iter().enumerate() {
            let words: &'static str = format!("{schema}\u{1f}`p` of `e`").leak();
            assert(fingerprint_of_text(schema, required), words);
            let other = refusal(move || assert(fingerprint_of_text(schema, !required), words));
            let wanted = if required {
                REQUIRED_HERE
            } else {
                OPTIONAL_HERE
            };
            assert_eq!(other, Some(format!("`p` of `e`{wanted}")), "{at}");
            let text = "{\"type\": \"string\"}\u{1f}`p` of `e`";
            let planned = fingerprint_of_text("{\"type\": \"string\"}", required);
            let [is, but, advice] = OTHER_HERE;
            let wanted = format!("`p` of `e`{is}{schema}{but}{{\"type\": \"string\"}}{advice}");
            assert_eq!(refusal(move || assert(planned, text)), Some(wanted), "{at}");
        }
    }

    #[test]
    fn a_type_without_a_schema_is_advised_to_derive_one() {
        let words = "{\"type\": \"string\"}\u{1f}`p` of `e`";
        let planned = fingerprint_of_text("{\"type\": \"string\"}", true);
        let call = move || planned_schema(&Schema::ANY, Presence::Always, planned, words);
        let refusal = refusal(call).expect("a difference");
        assert!(refusal.ends_with(ANY_HERE), "{refusal}");
        planned_schema(
            &Schema::ANY,
            Presence::Always,
            fingerprint_of_text(ANY, true),
            "",
        );
    }

    #[test]
    fn variants_are_compared_as_one_text() {
        let parts = [
            Part::Text("[1, "),
            Part::Schema(Schema::INTEGER),
            Part::Text("]"),
        ];
        let planned = format!("[1, {INTEGER}]");
        planned_parts(&parts, fingerprint_of_text(&planned, true), "");
        let other = fingerprint_of_text("[2]", true);
        let refusal = refusal(move || planned_parts(&parts, other, "[2]\u{1f}`v`"));
        let [is, but, advice] = OTHER_HERE;
        assert_eq!(refusal, Some(format!("`v`{is}{planned}{but}[2]{advice}")));
    }
}
