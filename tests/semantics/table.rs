//! Reads a table. Each line starts with a word that determines its meaning:
//!
//! | line | meaning |
//! |---|---|
//! | `# …` | a comment |
//! | `= …` | a statement; the lines up to the next one are its row |
//! | `server NAME VALUE` | a setting of the embedded server of this row |
//! | `base PATH` | where relative paths start; `/api/client` at first |
//! | `with NAME: VALUE` | a header of the next request; without a value, the header is not sent |
//! | `POST PATH BODY` | a request, also with `GET`, `DELETE` and others; a path without `/` is relative |
//! | `-> STATUS BODY` | the answer: nothing, a pattern, `empty`, `html`, or the detail of a problem as a JSON string |
//! | `keep NAME POINTER` | keeps a part of the last answer, which later lines write as `<NAME>` |
//! | `users PATTERN` | the server's data afterwards; [`super::state`] lists these names |
//! | `tested FILE FUNCTION` | the test that covers the statement |
//! | `unobservable: …` | the reason why nothing can observe the statement |
//!
//! In all lines of a row, `<x*256>` is a text of 256 `x`, `<key>` and `<project>` are the server's.
//! In a pattern, an object matches by the keys that it names, except for `data`, `metadata` and
//! `content`, which must be equal; an array matches item by item; `null` matches an absent key,
//! `"*"` anything else, and `"~text"` a text that contains this one.

/// A statement about the API, and how it is shown.
#[derive(Debug)]
pub(super) struct Row<'a> {
    table: &'a str,
    line: usize,
    pub(super) statement: &'a str,
    pub(super) proof: Proof<'a>,
}

impl Row<'_> {
    /// Where the row stands, for messages.
    pub(super) fn place(&self) -> String {
        let Self {
            table,
            line,
            statement,
            ..
        } = self;
        format!("tests/semantics/{table}.txt:{line}: {statement}")
    }
}

/// How a statement is shown.
#[derive(Debug)]
pub(super) enum Proof<'a> {
    /// By requests to the embedded server.
    Steps {
        settings: Vec<(&'a str, &'a str)>,
        steps: Vec<Step<'a>>,
    },
    /// By a test in this file.
    Test { file: &'a str, function: &'a str },
    /// Not at all: nothing that a client sees depends on it.
    Unobservable,
}

/// One line of a row, not yet parsed further: values of earlier answers are still to be filled in.
#[derive(Debug)]
pub(super) enum Step<'a> {
    Base(&'a str),
    Header {
        name: &'a str,
        value: &'a str,
    },
    Request {
        method: &'a str,
        path: &'a str,
        body: &'a str,
    },
    Answer {
        status: u16,
        body: &'a str,
    },
    Keep {
        name: &'a str,
        pointer: &'a str,
    },
    State {
        name: &'a str,
        pattern: &'a str,
    },
}

/// Reads the rows of a table.
///
/// # Panics
/// If a line has another form, or a row shows nothing.
pub(super) fn parse<'a>(table: &'a str, text: &'a str) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let (word, rest) = halves(line.trim());
        match word {
            "" | "#" => {}
            "=" => {
                rows.iter().for_each(assert_shown);
                rows.push(Row {
                    table,
                    line: index + 1,
                    statement: rest,
                    proof: Proof::Steps {
                        settings: Vec::new(),
                        steps: Vec::new(),
                    },
                });
            }
            _ => {
                let row = rows.last_mut().expect("a statement comes first");
                let is_read = add(&mut row.proof, word, rest).is_some();
                assert!(is_read, "tests/semantics/{table}.txt:{}: {line}", index + 1);
            }
        }
    }
    rows.iter().for_each(assert_shown);
    rows
}

fn assert_shown(row: &Row<'_>) {
    let is_shown = match &row.proof {
        Proof::Steps { steps, .. } => steps
            .iter()
            .any(|step| matches!(step, Step::Answer { .. } | Step::State { .. })),
        Proof::Test { .. } | Proof::Unobservable => true,
    };
    assert!(is_shown, "{} expects nothing", row.place());
}

/// Adds a line to a row; `None` if it has an unknown form.
fn add<'a>(proof: &mut Proof<'a>, word: &'a str, rest: &'a str) -> Option<()> {
    let (name, value) = halves(rest);
    match word {
        "tested" => {
            *proof = Proof::Test {
                file: name,
                function: value,
            };
            return Some(());
        }
        "unobservable:" => {
            *proof = (!rest.is_empty()).then_some(Proof::Unobservable)?;
            return Some(());
        }
        _ => {}
    }
    let Proof::Steps { settings, steps } = proof else {
        return None;
    };
    steps.push(match word {
        "server" => {
            settings.push((name, value));
            return Some(());
        }
        "base" => Step::Base(rest),
        "with" => {
            let (name, value) = rest.split_once(':')?;
            Step::Header {
                name,
                value: value.trim(),
            }
        }
        "->" => Step::Answer {
            status: name.parse().ok()?,
            body: value,
        },
        "keep" => Step::Keep {
            name,
            pointer: value,
        },
        method if method.bytes().all(|byte| byte.is_ascii_uppercase()) => Step::Request {
            method,
            path: name,
            body: value,
        },
        state => Step::State {
            name: state,
            pattern: rest,
        },
    });
    Some(())
}

/// The first word, and what follows it.
fn halves(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    (word, rest.trim_start())
}
