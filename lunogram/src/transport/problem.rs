//! The body of an error response.

use super::key::Key;
use serde::Deserialize;
use serde_json::Value;

/// The longest title or detail that is kept, in bytes.
const LONGEST_TEXT: usize = 4_096;

/// The server's description of a problem. A proxy may send anything instead.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ServerProblem {
    pub(super) title: Option<String>,
    pub(super) detail: Option<String>,
}

impl ServerProblem {
    /// Reads the title and the detail, and redacts the key. A body that is not a problem object has
    /// neither.
    pub(super) fn parse(body: &[u8], key: &Key) -> Self {
        #[derive(Deserialize)]
        struct Body {
            title: Option<Value>,
            detail: Option<Value>,
        }
        let Ok(body) = serde_json::from_slice::<Body>(body) else {
            return Self::default();
        };
        let text = |value: Option<Value>| {
            let text = key.redact(value?.as_str()?);
            Some(one_line(&text)).filter(|text| !text.is_empty())
        };
        Self {
            title: text(body.title),
            detail: text(body.detail),
        }
    }
}

/// Makes a text of the server fit for one line of a log.
fn one_line(text: &str) -> String {
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (kept, rest) = text.split_at(end);
    let mut line: String = kept
        .trim()
        .chars()
        .map(|c| if is_unfit(c) { ' ' } else { c })
        .collect();
    if !rest.is_empty() {
        line.push('…');
    }
    line
}

/// Whether a character may break a line or hide what it shows: control characters, separators of
/// lines and paragraphs, and marks that change the direction of the text after them.
fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> Key {
        Key::new("sk_secret".to_owned()).expect("a key")
    }

    fn parse(body: &str) -> (Option<String>, Option<String>) {
        let problem = ServerProblem::parse(body.as_bytes(), &key());
        (problem.title, problem.detail)
    }

    #[test]
    fn titles_and_details_are_read_from_problem_objects() {
        let text = |text: &str| Some(text.to_owned());
        for (body, title, detail) in [
            (
                r#"{"title":"bad request","detail":"invalid body"}"#,
                text("bad request"),
                text("invalid body"),
            ),
            (r#"{"title":"t","more":[1]}"#, text("t"), None),
            (r#"{"title":7,"detail":null}"#, None, None),
            (r#"{"title":"","detail":" "}"#, None, None),
            (
                r#"{"title":"a\nb","detail":"no sk_secret here"}"#,
                text("a b"),
                text("no [key] here"),
            ),
            ("<html>502</html>", None, None),
            ("", None, None),
            ("[]", None, None),
            (r#"{"title":"cut o"#, None, None),
        ] {
            assert_eq!(parse(body), (title, detail), "{body}");
        }
    }

    #[test]
    fn long_texts_are_cut() {
        let long = "é".repeat(5_000);
        let (_, detail) = parse(&format!(r#"{{"detail":"{long}"}}"#));
        let detail = detail.expect("a detail");
        assert!(detail.len() <= LONGEST_TEXT + '…'.len_utf8());
        assert!(detail.ends_with("é…"));
    }

    proptest! {
        #[test]
        fn any_body_is_read_without_a_panic(body in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = ServerProblem::parse(&body, &key());
        }

        #[test]
        fn texts_are_kept_on_one_line(text in any::<String>()) {
            prop_assert!(!one_line(&text).contains(is_unfit));
        }
    }
}
