//! JSON strings.

use std::fmt;

const LANES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Appends `text` as a JSON string, quotes included.
#[inline]
pub(super) fn string(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    content(out, text.as_bytes());
    out.push(b'"');
}

/// Appends what stands between the quotes.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "two callers, and strings are most of most events"
)]
fn content(out: &mut Vec<u8>, bytes: &[u8]) {
    if is_plain(bytes) {
        out.extend_from_slice(bytes);
    } else {
        escaped(out, bytes);
    }
}

/// Whether no byte needs escaping. Eight bytes are judged at a time, and the last ones together with some that were
/// judged already: most text of most events is plain and short.
#[inline]
fn is_plain(bytes: &[u8]) -> bool {
    let mut special = 0;
    if let Some(last) = bytes.last_chunk::<8>() {
        let mut rest = bytes;
        while let Some((word, tail)) = rest.split_first_chunk::<8>() {
            special |= specials(u64::from_le_bytes(*word));
            rest = tail;
        }
        special |= specials(u64::from_le_bytes(*last));
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let first = u64::from(u32::from_le_bytes(*first));
        special = specials(first << 32 | u64::from(u32::from_le_bytes(*last)));
    } else {
        return !bytes.iter().any(|&byte| needs_escape(byte));
    }
    special & HIGH == 0
}

/// Has the high bit of some byte set just where a byte of `word` is a control character, a quote or a backslash.
///
/// Subtracting borrows into the high bit of each byte that is too small; those that had it before, which only bytes
/// beyond ASCII have, are masked out. A borrow can only pass on from a byte that is itself such a character.
#[inline]
const fn specials(word: u64) -> u64 {
    // With its second bit flipped, a quote follows the control characters, and nothing else comes to be among them.
    let low = word ^ (LANES * 0x02);
    let backslash = word ^ (LANES * b'\\' as u64);
    (low.wrapping_sub(LANES * 0x21) | backslash.wrapping_sub(LANES)) & !word
}

#[inline]
const fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

#[cold]
fn escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for &byte in bytes {
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x08 => b'b',
            0x0c => b'f',
            0x00..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 0x0f)]);
                continue;
            }
            _ => {
                out.push(byte);
                continue;
            }
        };
        out.extend_from_slice(&[b'\\', short]);
    }
}

/// Appends what `value` displays as a JSON string, without a `String` in between.
pub(super) fn display(out: &mut Vec<u8>, value: &(impl fmt::Display + ?Sized)) -> fmt::Result {
    struct Content<'a>(&'a mut Vec<u8>);
    impl fmt::Write for Content<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            content(self.0, text.as_bytes());
            Ok(())
        }
    }
    out.push(b'"');
    fmt::Write::write_fmt(&mut Content(out), format_args!("{value}"))?;
    out.push(b'"');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_byte_at_every_place_is_judged_as_if_alone() {
        for byte in 0..=0xff_u8 {
            for filler in [b'a', 0x7f, 0x80, 0xff] {
                for length in 1..27 {
                    for at in 0..length {
                        let mut text = vec![filler; length];
                        text[at] = byte;
                        let plain = is_plain(&text);
                        assert_eq!(plain, !needs_escape(byte), "{byte:#x} at {at} of {length}");
                    }
                }
            }
        }
        assert!(is_plain("zażółć gęślą jaźń, 日本語 🦀🦀🦀".as_bytes()));
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "(?s).{0,64}", control in prop::collection::vec(0_u8..0x80, 0..40)) {
            let text = text + &String::from_utf8(control).expect("ASCII");
            let mut out = Vec::new();
            string(&mut out, &text);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).expect("JSON"), text.clone());
            let mut shown = Vec::new();
            display(&mut shown, &text).expect("a string displays");
            prop_assert_eq!(out, shown);
        }
    }
}
