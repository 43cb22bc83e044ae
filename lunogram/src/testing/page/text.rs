//! Text for display, truncated to what a reader needs.

use serde::Serialize;
use std::io::{self, Write};

/// The longest name, id or reason, in bytes.
const MAX_LINE: usize = 1 << 10;
/// The longest JSON text, in bytes.
const MAX_JSON: usize = 32 << 10;
/// Replaces the rest of a truncated text.
const ELLIPSIS: &str = "…";

/// Truncates a name, id or reason.
pub(super) fn line(text: impl Into<String>) -> String {
    let mut text = text.into();
    if text.len() > MAX_LINE {
        let end = (0..=MAX_LINE).rfind(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or_default());
        text.push_str(ELLIPSIS);
    }
    text
}

/// Indented and truncated JSON. It is rendered here because JavaScript objects do not keep the
/// order of numeric keys.
pub(super) fn json(value: &impl Serialize) -> String {
    let mut start = Start(Vec::new());
    let result = serde_json::to_writer_pretty(&mut start, value);
    let mut text = match String::from_utf8(start.0) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(valid);
            String::from_utf8(bytes).unwrap_or_default()
        }
    };
    if result.is_err() {
        text.push_str(ELLIPSIS);
        text.push_str("\n(too long to show the rest)");
    }
    text
}

/// Collects up to [`MAX_JSON`] bytes, then fails so that serialisation stops.
struct Start(Vec<u8>);

impl Write for Start {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let free = MAX_JSON - self.0.len();
        let fits = bytes.len().min(free);
        self.0.extend_from_slice(&bytes[..fits]);
        if fits < bytes.len() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(fits)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn short_texts_are_kept() {
        assert_eq!(line("naïve"), "naïve");
        assert_eq!(
            json(&json!({"a": [1.0, null]})),
            "{\n  \"a\": [\n    1.0,\n    null\n  ]\n}"
        );
    }

    #[test]
    fn long_texts_are_truncated_between_characters() {
        for offset in 0..4 {
            let long = "x".repeat(offset) + &"🌙".repeat(MAX_JSON);
            let shown = line(long.as_str());
            assert!(shown.len() <= MAX_LINE + ELLIPSIS.len());
            assert!(shown.ends_with("🌙…"));
            let shown = json(&long);
            assert!(shown.len() <= MAX_JSON + 64);
            assert!(shown.ends_with("🌙…\n(too long to show the rest)"));
        }
    }
}
