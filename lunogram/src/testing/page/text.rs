//! Text for people, and no more of it than they read.

use serde::Serialize;
use std::io::{self, Write};

/// The most that is shown of one name, id or reason, in bytes.
const LONGEST_LINE: usize = 1 << 10;
/// The most that is shown of one JSON text, in bytes.
const LONGEST_JSON: usize = 32 << 10;
/// What stands in the place of the rest.
const CUT: &str = "…";

/// A name, id or reason.
pub(super) fn line(text: impl Into<String>) -> String {
    let mut text = text.into();
    if text.len() > LONGEST_LINE {
        let end = (0..=LONGEST_LINE).rfind(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or_default());
        text.push_str(CUT);
    }
    text
}

/// Indented JSON. It becomes text here because a browser would put its keys into another order.
pub(super) fn json(value: &impl Serialize) -> String {
    let mut start = Start(Vec::new());
    let whole = serde_json::to_writer_pretty(&mut start, value);
    let mut text = match String::from_utf8(start.0) {
        Ok(text) => text,
        Err(cut) => {
            let valid = cut.utf8_error().valid_up_to();
            let mut bytes = cut.into_bytes();
            bytes.truncate(valid);
            String::from_utf8(bytes).unwrap_or_default()
        }
    };
    if whole.is_err() {
        text.push_str(CUT);
        text.push_str("\n(too long to show the rest)");
    }
    text
}

/// Takes the beginning, and ends the writing there.
struct Start(Vec<u8>);

impl Write for Start {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = LONGEST_JSON - self.0.len();
        let fits = bytes.len().min(room);
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
    fn what_is_short_is_shown_whole() {
        assert_eq!(line("naïve"), "naïve");
        assert_eq!(
            json(&json!({"a": [1.0, null]})),
            "{\n  \"a\": [\n    1.0,\n    null\n  ]\n}"
        );
    }

    #[test]
    fn what_is_long_is_cut_between_characters() {
        for offset in 0..4 {
            let long = "x".repeat(offset) + &"🌙".repeat(LONGEST_JSON);
            let shown = line(long.as_str());
            assert!(shown.len() <= LONGEST_LINE + CUT.len());
            assert!(shown.ends_with("🌙…"));
            let shown = json(&long);
            assert!(shown.len() <= LONGEST_JSON + 64);
            assert!(shown.ends_with("🌙…\n(too long to show the rest)"));
        }
    }
}
