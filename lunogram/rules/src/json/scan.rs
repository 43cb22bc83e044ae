//! Checks that a text is JSON and finds the byte ranges of its parts.
//!
//! The derives run this in every build, on plans of a thousand events, and are not optimized in
//! debug builds. Hence one loop over the bytes, which calls no function for most of them.

use super::{SyntaxError, string_length};
use std::ops::Range;

/// The position of one member of an object or one item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many objects and lists enclose it.
    pub depth: usize,
    /// The key without its quotes, still escaped; empty for an item of a list.
    pub key: Range<usize>,
    /// The value, quotes and brackets included.
    pub value: Range<usize>,
}

/// Which token is expected next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    ValueOrClose,
    Key,
    KeyOrClose,
    Colon,
    CommaOrClose,
    End,
}

/// The maximum nesting depth. No schema is as deep as this.
const MAX_DEPTH: usize = 128;

/// The parts of the object or list in `text` and, recursively, their parts down to `depth`,
/// ordered by where they end. Empty if `text` is another value.
///
/// # Errors
/// If the text is not JSON.
#[expect(
    clippy::too_many_lines,
    reason = "splitting it up would cost a function call per byte in debug builds"
)]
pub fn parts(text: &str, depth: usize) -> Result<Vec<Part>, SyntaxError> {
    let bytes = text.as_bytes();
    let length = bytes.len();
    let mut found = Vec::new();
    let mut open: Vec<u8> = Vec::new();
    // The key and the start of the current part, for each open object or list within `depth`.
    let mut keys = vec![0..0; depth + 1];
    let mut starts = vec![0; depth + 1];
    let mut level = 0;
    let mut next = Next::Value;
    let mut at = 0;
    while at < length {
        let byte = bytes[at];
        if byte == b' ' || byte == b'\n' || byte == b'\r' || byte == b'\t' {
            // The plan is indented, so most whitespace is a run of spaces.
            let mut rest = &bytes[at + 1..];
            while let [b' ', after @ ..] = rest {
                rest = after;
            }
            at = length - rest.len();
            continue;
        }
        let token = at;
        if level <= depth && matches!(next, Next::Value | Next::ValueOrClose) {
            starts[level] = at;
        }
        match byte {
            b'"' => {
                let Some(length) = string_length(&bytes[at..]) else {
                    return Err(SyntaxError::at(text, token, "unterminated string"));
                };
                at += length;
                next = match next {
                    Next::Key | Next::KeyOrClose => {
                        if level <= depth {
                            keys[level] = token + 1..at - 1;
                        }
                        Next::Colon
                    }
                    Next::Value | Next::ValueOrClose => Next::CommaOrClose,
                    _ => return Err(SyntaxError::at(text, token, unexpected(next))),
                };
            }
            b',' if next == Next::CommaOrClose => {
                at += 1;
                next = if open.last() == Some(&b'{') {
                    Next::Key
                } else {
                    Next::Value
                };
                continue;
            }
            b':' if next == Next::Colon => {
                at += 1;
                next = Next::Value;
                continue;
            }
            b'{' | b'[' if matches!(next, Next::Value | Next::ValueOrClose) => {
                at += 1;
                open.push(byte);
                level += 1;
                if level > MAX_DEPTH {
                    return Err(SyntaxError::at(text, token, "value nested too deeply"));
                }
                next = if byte == b'{' {
                    Next::KeyOrClose
                } else {
                    Next::ValueOrClose
                };
                continue;
            }
            b'}' | b']' if closes(byte, next, open.last()) => {
                at += 1;
                open.pop();
                level -= 1;
                next = Next::CommaOrClose;
            }
            _ => {
                if !matches!(next, Next::Value | Next::ValueOrClose) {
                    return Err(SyntaxError::at(text, token, unexpected(next)));
                }
                at = word(bytes, at);
                if !is_word(&text[token..at]) {
                    return Err(SyntaxError::at(text, token, "invalid value"));
                }
                next = Next::CommaOrClose;
            }
        }
        if next == Next::CommaOrClose {
            if level == 0 {
                next = Next::End;
            } else if level <= depth {
                found.push(Part {
                    depth: level,
                    key: keys[level].clone(),
                    value: starts[level]..at,
                });
            }
        }
    }
    if next == Next::End {
        return Ok(found);
    }
    Err(SyntaxError::at(text, length, unexpected(next)))
}

fn closes(byte: u8, next: Next, open: Option<&u8>) -> bool {
    match byte {
        b'}' => open == Some(&b'{') && matches!(next, Next::KeyOrClose | Next::CommaOrClose),
        _ => open == Some(&b'[') && matches!(next, Next::ValueOrClose | Next::CommaOrClose),
    }
}

/// The error if another token is found instead.
fn unexpected(next: Next) -> &'static str {
    match next {
        Next::Value | Next::ValueOrClose => "expected a value",
        Next::Key | Next::KeyOrClose => "expected a key",
        Next::Colon => "expected `:` after a key",
        Next::CommaOrClose => "expected `,` or a closing bracket",
        Next::End => "unexpected text after the value",
    }
}

fn word(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len()
        && (bytes[at].is_ascii_alphanumeric() || matches!(bytes[at], b'-' | b'+' | b'.'))
    {
        at += 1;
    }
    at
}

/// Whether it is `null`, `true`, `false` or a number.
pub(super) fn is_word(word: &str) -> bool {
    let is_number = || {
        word.starts_with(|first: char| first == '-' || first.is_ascii_digit())
            && word.parse::<f64>().is_ok_and(f64::is_finite)
    };
    matches!(word, "null" | "true" | "false") || is_number()
}
