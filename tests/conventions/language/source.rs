//! The comments and the string literals of source files.

use super::prose::{self, Line, Paragraph};

/// A comment or a string literal.
enum Token {
    /// A line comment's line.
    Comment {
        number: usize,
        /// The marker: consecutive lines with one marker are one comment.
        marker: &'static str,
        text: String,
        /// Whether code stands before it on its line.
        is_trailing: bool,
    },
    /// A block comment.
    Block(Vec<Line<'static>>),
    /// A string literal, without the escapes that change words or lines.
    Literal(Vec<Line<'static>>),
}

/// The prose of a Rust file, and the numbers of the lines that have a comment.
pub(super) fn rust(text: &str) -> (Vec<Paragraph>, Vec<usize>) {
    let mut paragraphs = Vec::new();
    let mut commented = Vec::new();
    let mut open: Vec<Line> = Vec::new();
    let mut last = ("", 0);
    for token in tokens(text, 1) {
        let goes_on = matches!(&token, Token::Comment { number, marker, is_trailing: false, .. }
            if last == (*marker, *number));
        if !goes_on {
            paragraphs.extend(prose::markdown(&std::mem::take(&mut open)));
            last = ("", 0);
        }
        match token {
            Token::Comment {
                number,
                marker,
                text,
                is_trailing,
            } => {
                commented.push(number);
                open.push(Line::new(number, text));
                if !is_trailing {
                    last = (marker, number + 1);
                }
            }
            Token::Block(lines) => {
                commented.extend(lines.iter().map(Line::number));
                paragraphs.extend(prose::markdown(&lines));
            }
            Token::Literal(lines) if is_prose(&lines) => paragraphs.extend(prose::plain(&lines)),
            Token::Literal(_) => {}
        }
    }
    paragraphs.extend(prose::markdown(&open));
    (paragraphs, commented)
}

/// The comments and messages of an example in documentation.
pub(super) fn fenced_rust(code: &[Line]) -> Vec<Paragraph> {
    let (first, text) = prose::joined(code);
    let mut paragraphs = Vec::new();
    for token in tokens(&text, first) {
        match token {
            Token::Comment { number, text, .. } => {
                paragraphs.extend(prose::plain(&[Line::new(number, text)]));
            }
            Token::Literal(lines) if !is_prose(&lines) => {}
            Token::Block(lines) | Token::Literal(lines) => {
                paragraphs.extend(prose::plain(&lines));
            }
        }
    }
    paragraphs
}

/// The comments that `#` starts, in manifests and scripts.
pub(super) fn hashed(text: &str) -> (Vec<Paragraph>, Vec<usize>) {
    let mut paragraphs = Vec::new();
    let mut commented = Vec::new();
    let mut open = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let comment = line.trim_start().strip_prefix('#');
        if comment.is_none() {
            paragraphs.extend(prose::plain(&std::mem::take(&mut open)));
        }
        if let Some(comment) = comment {
            commented.push(number);
            open.push(Line::new(number, comment.to_owned()));
        } else if let Some((_, comment)) = line.split_once(" # ") {
            commented.push(number);
            paragraphs.extend(prose::plain(&[Line::new(number, comment)]));
        }
    }
    paragraphs.extend(prose::plain(&open));
    (paragraphs, commented)
}

/// Whether a literal is a message: more than one word, and not JSON.
pub(super) fn is_prose(lines: &[Line]) -> bool {
    let text: Vec<_> = lines.iter().map(Line::text).collect();
    let text = text.join(" ");
    let is_word = |word: &&str| word.chars().any(char::is_alphabetic);
    let is_json = ["{\"", "{ \"", "[\"", "[{"]
        .iter()
        .any(|start| text.trim_start().starts_with(start));
    text.split_whitespace().filter(is_word).count() > 1 && !is_json
}

struct Reader<'t> {
    rest: &'t str,
    number: usize,
    /// Whether code was read on the current line.
    has_code: bool,
    tokens: Vec<Token>,
}

fn tokens(text: &str, first: usize) -> Vec<Token> {
    let mut reader = Reader {
        rest: text,
        number: first,
        has_code: false,
        tokens: Vec::new(),
    };
    while !reader.rest.is_empty() {
        reader.next();
    }
    reader.tokens
}

impl Reader<'_> {
    fn next(&mut self) {
        if self.rest.starts_with("//") {
            self.line_comment();
        } else if self.rest.starts_with("/*") {
            self.block_comment();
        } else if self.rest.starts_with('"') {
            self.literal();
        } else if let Some((before, hashes)) = raw_start(self.rest) {
            self.raw_literal(before, hashes);
        } else if self.rest.starts_with('\'') {
            self.skip(quoted(self.rest));
        } else {
            // Skips a whole word, so that its last letter is not taken for the prefix of a literal.
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let word = self.rest.len() - self.rest.trim_start_matches(is_word).len();
            // The letters that belong to the literal after them.
            let is_prefix = matches!(&self.rest[..word], "b" | "c")
                && self.rest[word..].starts_with(['"', '\'']);
            let first = self.rest.chars().next().map_or(0, char::len_utf8);
            self.skip(if word > 0 && !is_prefix { word } else { first });
        }
    }

    fn skip(&mut self, length: usize) {
        let (skipped, rest) = self.rest.split_at(length);
        self.rest = rest;
        for c in skipped.chars() {
            if c == '\n' {
                self.number += 1;
                self.has_code = false;
            } else if !c.is_whitespace() {
                self.has_code = true;
            }
        }
    }

    fn line_comment(&mut self) {
        let line = self.rest.lines().next().unwrap_or_default();
        self.rest = &self.rest[line.len()..];
        let marker = ["////", "///", "//!", "//"]
            .into_iter()
            .find(|marker| line.starts_with(marker))
            .unwrap_or("//");
        self.tokens.push(Token::Comment {
            number: self.number,
            marker,
            text: line[marker.len()..].to_owned(),
            is_trailing: self.has_code,
        });
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        let mut length = 0;
        loop {
            let rest = &self.rest[length..];
            if rest.starts_with("/*") {
                depth += 1;
                length += 2;
            } else if rest.starts_with("*/") {
                depth -= 1;
                length += 2;
            } else if let Some(c) = rest.chars().next() {
                length += c.len_utf8();
            }
            if depth == 0 || rest.is_empty() {
                break;
            }
        }
        let text = &self.rest[..length];
        let lines = text.lines().enumerate().map(|(index, line)| {
            let line = line.trim_matches(|c: char| c.is_whitespace() || "/*!".contains(c));
            Line::new(self.number + index, line.to_owned())
        });
        self.tokens.push(Token::Block(lines.collect()));
        self.skip(length);
    }

    fn literal(&mut self) {
        let mut lines = vec![(self.number, String::new())];
        let mut characters = self.rest.char_indices().skip(1).peekable();
        let mut number = self.number;
        let mut length = self.rest.len();
        while let Some((at, c)) = characters.next() {
            let escaped = match c {
                '"' => {
                    length = at + 1;
                    break;
                }
                '\\' => characters.next().map(|(_, c)| c),
                _ => None,
            };
            match (c, escaped) {
                ('\n', _) | (_, Some('\n')) => {
                    number += 1;
                    lines.push((number, String::new()));
                }
                // A new line of the message, which starts a paragraph.
                (_, Some('n')) => lines.extend([(number, String::new()), (number, String::new())]),
                (c, escaped) => {
                    if let Some((_, line)) = lines.last_mut() {
                        line.push(escaped.unwrap_or(c));
                    }
                }
            }
        }
        self.push_literal(lines);
        self.skip(length);
    }

    fn raw_literal(&mut self, before: usize, hashes: usize) {
        let end = format!("\"{}", "#".repeat(hashes));
        let content = &self.rest[before..];
        let length = content.find(&end).unwrap_or(content.len());
        let lines = content[..length].split('\n').enumerate();
        let number = self.number;
        let lines = lines.map(|(index, line)| (number + index, line.to_owned()));
        self.push_literal(lines.collect());
        let end = before + length + end.len();
        self.skip(end.min(self.rest.len()));
    }

    fn push_literal(&mut self, lines: Vec<(usize, String)>) {
        let lines = lines
            .into_iter()
            .map(|(number, text)| Line::new(number, text));
        self.tokens.push(Token::Literal(lines.collect()));
    }
}

/// Where the content of a raw string starts, and how many hashes end it. `r#type` is not one.
fn raw_start(text: &str) -> Option<(usize, usize)> {
    let after = ["r", "br", "cr"]
        .into_iter()
        .find_map(|prefix| text.strip_prefix(prefix))?;
    let quote = after.trim_start_matches('#');
    let hashes = after.len() - quote.len();
    quote
        .starts_with('"')
        .then(|| (text.len() - quote.len() + 1, hashes))
}

/// The length of a character literal, or of the quote that starts a lifetime.
fn quoted(text: &str) -> usize {
    let mut characters = text.char_indices().skip(1);
    match characters.next() {
        Some((_, '\\')) => {
            // The escaped character may be a quote itself.
            characters.next();
            characters
                .find(|(_, c)| *c == '\'')
                .map_or(text.len(), |(at, _)| at + 1)
        }
        Some(_) => match characters.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, tokens};
    use crate::language::prose::Line;

    fn literals(text: &str) -> Vec<String> {
        let literal = |token: Token| match token {
            Token::Literal(lines) => {
                let lines: Vec<_> = lines.iter().map(|line| line.text().trim()).collect();
                Some(lines.join(" "))
            }
            _ => None,
        };
        tokens(text, 1).into_iter().filter_map(literal).collect()
    }

    fn comments(text: &str) -> Vec<(usize, String)> {
        let comment = |token: Token| match token {
            Token::Comment { number, text, .. } => vec![(number, text.trim().to_owned())],
            Token::Block(lines) => {
                let line = |line: &Line| (line.number(), line.text().to_owned());
                lines.iter().map(line).collect()
            }
            Token::Literal(_) => Vec::new(),
        };
        tokens(text, 1).into_iter().flat_map(comment).collect()
    }

    #[test]
    fn a_comment_in_a_string_is_text() {
        assert_eq!(literals(r#"f("a // b", c) // "d""#), ["a // b"]);
        assert_eq!(
            comments(r#"f("a // b", c) // "d""#),
            [(1, r#""d""#.to_owned())]
        );
        assert!(comments(r#""https://a" "/* b""#).is_empty());
    }

    #[test]
    fn raw_strings_end_with_their_hashes() {
        let text = "r#\"a \" // b\"# r\"\\\" // c\nbr##\"d\"#\"## r#type x";
        assert_eq!(literals(text), ["a \" // b", "\\", "d\"#"]);
        assert_eq!(comments(text), [(1, "c".to_owned())]);
    }

    #[test]
    fn block_comments_nest() {
        let text = "/* a /* b */ c */ \"d\" /* e\n * f */ // g";
        assert_eq!(literals(text), ["d"]);
        let expected = [(1, "a /* b */ c"), (1, "e"), (2, "f"), (2, "g")];
        assert_eq!(
            comments(text),
            expected.map(|(line, text)| (line, text.to_owned()))
        );
    }

    #[test]
    fn quotes_of_characters_and_lifetimes_start_no_string() {
        let text = r#"f::<'a>('"', '\'', b'"', '\u{22}', 'é', "b") // c"#;
        assert_eq!(literals(text), ["b"]);
        assert_eq!(comments(text).len(), 1);
    }

    #[test]
    fn escapes_of_a_string_are_resolved() {
        assert_eq!(
            literals("\"a\\\"b\" b\"c\\\\\" \"d \\\n   e\""),
            ["a\"b", "c\\", "d e"]
        );
        let number = comments("\"a \\\n b\nc\"\n// d")[0].0;
        assert_eq!(number, 4);
    }
}
