//! Raw JSON, which is copied after the same checks of its numbers and strings.

use super::value::Done;
use super::{Failure, Writer, scalar};
use lunogram_rules::column;
use lunogram_rules::json::{string_length, unescaped};
use lunogram_rules::number::{MAX_SAFE_INTEGER, not_finite, unsafe_integer};
use lunogram_rules::{ProblemKind, Violation};
use serde::{Serialize, de::IgnoredAny};

/// Whether a struct of this name carries raw JSON: `serde_json::value::RawValue`, or
/// `serde_json::Number` with its feature `arbitrary_precision`, pass their text to a serializer
/// this way.
pub(super) fn is_raw_json(name: &str) -> bool {
    matches!(
        name,
        "$serde_json::private::RawValue" | "$serde_json::private::Number"
    )
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
        if byte == b'"' && has_nul(token) {
            writer.report_at_end(column::nul());
        }
    }
    Ok(())
}

/// Whether the text of a JSON string has U+0000, which JSON only allows as an escape sequence.
fn has_nul(token: &[u8]) -> bool {
    let text = std::str::from_utf8(token).unwrap_or_default();
    text.contains("\\u0000") && unescaped(text).contains('\0')
}

fn refused_number(token: &[u8]) -> Option<Violation> {
    let text = std::str::from_utf8(token).ok()?;
    if text.contains(['.', 'e', 'E']) {
        let finite = text.parse::<f64>().is_ok_and(f64::is_finite);
        return (!finite).then(not_finite);
    }
    let magnitude = text.trim_start_matches('-').parse::<u64>();
    (!magnitude.is_ok_and(|magnitude| magnitude <= MAX_SAFE_INTEGER)).then(unsafe_integer)
}
