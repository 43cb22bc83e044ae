//! JSON strings. The search for characters that need escaping also finds U+0000, so its check costs
//! nothing for other texts.

use super::Writer;
use super::buffer::Buffer;
use super::copy::{self, SHORT};
use lunogram_rules::column;
use std::fmt;

/// Appends `key` as it is, and `text` as a JSON string with its quotes. Reports U+0000 in `text`.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "the short path of every string, in two callers"
)]
pub(super) fn string(writer: &mut Writer<'_>, key: &[u8], text: &str) {
    let text = text.as_bytes();
    if (key.len() | text.len()) <= SHORT
        && let Some(window) = writer.out.window()
    {
        let (key, text) = (copy::short(key), copy::short(text));
        let start = key.len() + 1;
        let end = start + text.len();
        (window[start - 1], window[end]) = (b'"', b'"');
        if copy::copy(&mut window[..key.len()], key)
            && copy::copy_plain(&mut window[start..end], text)
        {
            writer.out.advance(end + 1);
            return;
        }
    }
    long_string(writer, key, text);
}

/// The slow path of [`string`]: longer text, text that needs escaping, or a buffer that has to
/// grow.
#[inline(never)]
fn long_string(writer: &mut Writer<'_>, key: &[u8], text: &[u8]) {
    let out = &mut *writer.out;
    if key.len() <= SHORT {
        out.extend_from_short(key);
    } else {
        out.extend_from_medium(key);
    }
    if copy::is_plain(text)
        && let Some([open, content @ .., close]) = out.room(text.len() + 2)
    {
        (*open, *close) = (b'"', b'"');
        content.copy_from_slice(text);
        return;
    }
    out.extend_from_long(b"\"");
    let has_nul = content(out, text);
    out.push(b'"');
    if has_nul {
        writer.report_at_end(column::nul());
    }
}

/// Appends the content between the quotes. Returns whether it has U+0000.
fn content(out: &mut Buffer, bytes: &[u8]) -> bool {
    if copy::is_plain(bytes) {
        out.extend_from_slice(bytes);
        false
    } else {
        escaped(out, bytes)
    }
}

#[cold]
fn escaped(out: &mut Buffer, bytes: &[u8]) -> bool {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut has_nul = false;
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
                has_nul |= byte == 0;
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
    has_nul
}

/// Appends the `Display` output of `value` as a JSON string, without an intermediate `String`.
/// Reports U+0000 in it.
pub(super) fn display(
    writer: &mut Writer<'_>,
    value: &(impl fmt::Display + ?Sized),
) -> fmt::Result {
    struct Content<'a> {
        out: &'a mut Buffer,
        has_nul: bool,
    }
    impl fmt::Write for Content<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.has_nul |= content(self.out, text.as_bytes());
            Ok(())
        }
    }
    writer.out.push(b'"');
    let mut content = Content {
        out: writer.out,
        has_nul: false,
    };
    fmt::Write::write_fmt(&mut content, format_args!("{value}"))?;
    let has_nul = content.has_nul;
    writer.out.push(b'"');
    if has_nul {
        writer.report_at_end(column::nul());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use proptest::prelude::*;

    fn written(write: impl FnOnce(&mut Writer<'_>)) -> (Vec<u8>, Vec<Problem>) {
        let mut out = Buffer::default();
        let mut writer = Writer::new(&mut out);
        write(&mut writer);
        let problems = std::mem::take(&mut writer.problems);
        (out.into_written(), problems)
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(text in "(?s).{0,64}", control in prop::collection::vec(0_u8..0x80, 0..40)) {
            let text = text + &String::from_utf8(control).expect("ASCII");
            let (json, problems) = written(|writer| string(writer, b"", &text));
            prop_assert_eq!(serde_json::from_slice::<String>(&json).expect("JSON"), text.clone());
            // One problem, however often the character occurs.
            prop_assert_eq!(problems.len(), usize::from(text.contains('\0')));
            let shown = written(|writer| display(writer, &text).expect("a string displays"));
            prop_assert_eq!((json, problems), shown);
        }
    }
}
