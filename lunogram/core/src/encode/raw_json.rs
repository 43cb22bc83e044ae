//! Raw JSON, which is copied after the same checks of its numbers and strings.

use super::value::Done;
use super::{Failure, Writer, scalar};
use lunogram_rules::column;
use lunogram_rules::json::string_length;
use lunogram_rules::nesting::{self, MAX_LEVELS, too_deep};
use lunogram_rules::number::{MAX_SAFE_INTEGER, not_finite, too_small, unsafe_integer};
use lunogram_rules::{ProblemKind, Violation};
use serde::{Serialize, de::IgnoredAny};

/// Whether a struct of this name carries raw JSON: `serde_json::value::RawValue`, or
/// `serde_json::Number` with its feature `arbitrary_precision`, pass their text to a serializer
/// this way.
pub(super) fn is_raw_json(name: &str) -> bool {
    is_number(name) || name == "$serde_json::private::RawValue"
}

/// Whether a struct of this name carries the text of a `serde_json::Number`.
pub(super) fn is_number(name: &str) -> bool {
    name == "$serde_json::private::Number"
}

/// Writes `value`, which is a JSON text.
pub(super) fn write<T: Serialize + ?Sized>(writer: &mut Writer<'_>, value: &T) -> Done {
    let json = scalar::text(value)?;
    serde_json::from_str::<IgnoredAny>(&json).map_err(|_| {
        Failure::new(Violation::fixed(
            ProblemKind::Unserializable,
            "raw JSON that does not parse",
        ))
    })?;
    if usize::from(writer.levels) + nesting::levels(json.as_bytes()) > MAX_LEVELS {
        return Err(Failure::new(too_deep()));
    }
    // The path of none of its values is longer than all of it and the path that leads here.
    writer.extend_path(json.len());
    let mut rest = json.as_bytes();
    while let Some(&byte) = rest.first() {
        let length = match byte {
            b'"' => string_length(rest).unwrap_or(rest.len()),
            b'-' | b'0'..=b'9' => rest
                .iter()
                .take_while(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'))
                .count(),
            _ => 1,
        };
        let (token, tail) = rest.split_at(length.min(rest.len()));
        rest = tail;
        let refused = match byte {
            b'-' | b'0'..=b'9' => refused_number(token),
            _ => None,
        };
        match refused {
            Some(violation) => writer.report(violation),
            None => writer.out.extend_from_slice(token),
        }
        if byte == b'"'
            && let Err(violation) = check_string(token)
        {
            writer.report_at_end(violation);
        }
    }
    Ok(())
}

/// Checks a JSON string, which only needs it if it has a character by its number: U+0000 can only
/// be escaped, and half of a surrogate pair cannot be written otherwise.
fn check_string(token: &[u8]) -> Result<(), Violation> {
    let text = std::str::from_utf8(token).unwrap_or_default();
    if !text.contains("\\u") {
        return Ok(());
    }
    let text: String = serde_json::from_str(text).map_err(|_| half_a_character())?;
    column::text_without_nul(&text)
}

const fn half_a_character() -> Violation {
    Violation::fixed(
        ProblemKind::Unserializable,
        "raw JSON with an unpaired surrogate such as `\\ud83d`, which the server would replace; escape both halves of the pair or none",
    )
}

fn refused_number(token: &[u8]) -> Option<Violation> {
    let text = std::str::from_utf8(token).ok()?;
    if text.contains(['.', 'e', 'E']) {
        let double = text.parse::<f64>().ok().filter(|double| double.is_finite());
        return match double {
            None => Some(not_finite()),
            Some(0.0) if !is_zero(text) => Some(too_small()),
            Some(_) => None,
        };
    }
    let magnitude = text.trim_start_matches('-').parse::<u64>();
    (!magnitude.is_ok_and(|magnitude| magnitude <= MAX_SAFE_INTEGER)).then(unsafe_integer)
}

/// Whether all digits before the exponent are zeros.
fn is_zero(number: &str) -> bool {
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    !mantissa.contains(|digit| matches!(digit, '1'..='9'))
}
