//! JSON strings.

use super::buffer::Buffer;
use super::copy::{self, SHORT};
use std::fmt;

/// Appends `key` as it is, and `text` as a JSON string with its quotes.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it has one caller")]
pub(super) fn string(out: &mut Buffer, key: &[u8], text: &str) {
    let text = text.as_bytes();
    if (key.len() | text.len()) <= SHORT
        && let Some(window) = out.window()
    {
        let (key, text) = (copy::short(key), copy::short(text));
        let start = key.len() + 1;
        let end = start + text.len();
        (window[start - 1], window[end]) = (b'"', b'"');
        if copy::copy(&mut window[..key.len()], key)
            && copy::copy_plain(&mut window[start..end], text)
        {
            out.advance(end + 1);
            return;
        }
    }
    long_string(out, key, text);
}

/// The slow path of [`string`]: longer text, text that needs escaping, or a buffer that has to
/// grow.
#[inline(never)]
fn long_string(out: &mut Buffer, key: &[u8], text: &[u8]) {
    out.extend_from_short(key);
    if copy::is_plain(text)
        && let Some([open, content @ .., close]) = out.room(text.len() + 2)
    {
        (*open, *close) = (b'"', b'"');
        content.copy_from_slice(text);
        return;
    }
    out.extend_from_long(b"\"");
    content(out, text);
    out.push(b'"');
}

/// Appends the content between the quotes.
fn content(out: &mut Buffer, bytes: &[u8]) {
    if copy::is_plain(bytes) {
        out.extend_from_slice(bytes);
    } else {
        escaped(out, bytes);
    }
}

#[cold]
fn escaped(out: &mut Buffer, bytes: &[u8]) {
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

/// Appends the `Display` output of `value` as a JSON string, without an intermediate `String`.
pub(super) fn display(out: &mut Buffer, value: &(impl fmt::Display + ?Sized)) -> fmt::Result {
    struct Content<'a>(&'a mut Buffer);
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

    proptest! {
        #[test]
        fn any_text_is_read_back(text in "(?s).{0,64}", control in prop::collection::vec(0_u8..0x80, 0..40)) {
            let text = text + &String::from_utf8(control).expect("ASCII");
            let mut out = Buffer::default();
            string(&mut out, b"", &text);
            prop_assert_eq!(serde_json::from_slice::<String>(out.written()).expect("JSON"), text.clone());
            let mut shown = Buffer::default();
            display(&mut shown, &text).expect("a string displays");
            prop_assert_eq!(out.written(), shown.written());
        }
    }
}
