//! Whether a text is JSON, and where its parts are.
//!
//! The derives ask this in every build of the plan of a thousand events, and a debug build does not optimize them: one loop over
//! bytes, which calls nothing for most of them.

use super::Damage;
use std::ops::Range;

/// A member of an object, or an item of a list, by where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many objects and lists it is in.
    pub depth: usize,
    /// The key as it stands, without its quotes; of an item there is none.
    pub key: Range<usize>,
    /// The value.
    pub value: Range<usize>,
}

/// What may stand next.
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

/// Deeper than any schema.
const DEPTH: usize = 128;

const UNENDED: &str = "a string without end";

/// The parts of the object or list that `text` is, and the parts of those down to `depth`, in the order of their ends; of
/// another value there are none.
///
/// # Errors
/// Where the text is not JSON, and why.
#[expect(
    clippy::too_many_lines,
    reason = "a call for each byte is what it is without"
)]
pub fn parts(text: &str, depth: usize) -> Result<Vec<Part>, Damage> {
    let bytes = text.as_bytes();
    let length = bytes.len();
    let mut found = Vec::new();
    let mut open: Vec<u8> = Vec::new();
    // Of each open object or list that is looked into: the key and the start of its part at hand.
    let mut keys = vec![0..0; depth + 1];
    let mut starts = vec![0; depth + 1];
    let mut level = 0;
    let mut next = Next::Value;
    let mut at = 0;
    while at < length {
        let byte = bytes[at];
        if byte == b' ' || byte == b'\n' || byte == b'\r' || byte == b'\t' {
            // The plan is indented.
            let mut rest = &bytes[at + 1..];
            while let [b' ', behind @ ..] = rest {
                rest = behind;
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
                let mut rest = &bytes[at + 1..];
                loop {
                    match rest {
                        [b'"', behind @ ..] => {
                            rest = behind;
                            break;
                        }
                        [b'\n', ..] | [] => return Err(Damage::at(text, token, UNENDED)),
                        [b'\\', _, behind @ ..] | [_, behind @ ..] => rest = behind,
                    }
                }
                at = length - rest.len();
                next = match next {
                    Next::Key | Next::KeyOrClose => {
                        if level <= depth {
                            keys[level] = token + 1..at - 1;
                        }
                        Next::Colon
                    }
                    Next::Value | Next::ValueOrClose => Next::CommaOrClose,
                    _ => return Err(Damage::at(text, token, unexpected(next))),
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
                if level > DEPTH {
                    return Err(Damage::at(text, token, "a value that is nested too deeply"));
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
                    return Err(Damage::at(text, token, unexpected(next)));
                }
                at = word(bytes, at);
                if !is_word(&text[token..at]) {
                    return Err(Damage::at(text, token, "something that is no value"));
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
    Err(Damage::at(text, length, unexpected(next)))
}

fn closes(byte: u8, next: Next, open: Option<&u8>) -> bool {
    match byte {
        b'}' => open == Some(&b'{') && matches!(next, Next::KeyOrClose | Next::CommaOrClose),
        _ => open == Some(&b'[') && matches!(next, Next::ValueOrClose | Next::CommaOrClose),
    }
}

/// What is wrong where something else stands.
fn unexpected(next: Next) -> &'static str {
    match next {
        Next::Value | Next::ValueOrClose => "no value where one belongs",
        Next::Key | Next::KeyOrClose => "no key where one belongs",
        Next::Colon => "no `:` behind a key",
        Next::CommaOrClose => "no `,` or end behind a value",
        Next::End => "something behind the end",
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

/// `null`, `true`, `false` or a number.
pub(super) fn is_word(word: &str) -> bool {
    let is_number = || {
        word.starts_with(|first: char| first == '-' || first.is_ascii_digit())
            && word.parse::<f64>().is_ok_and(f64::is_finite)
    };
    matches!(word, "null" | "true" | "false") || is_number()
}
