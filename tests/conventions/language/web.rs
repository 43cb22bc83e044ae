//! The comments and texts of the embedded server's page: scripts, style sheets and HTML.

use super::prose::{self, Line, Paragraph};
use super::source::is_prose;

/// The prose of a script, and the numbers of the lines that have a comment.
pub(super) fn script(text: &str) -> (Vec<Paragraph>, Vec<usize>) {
    Reader::read(text, &["//", "/*", "\"", "'", "`"])
}

/// The prose of a style sheet, and the numbers of the lines that have a comment.
pub(super) fn style(text: &str) -> (Vec<Paragraph>, Vec<usize>) {
    Reader::read(text, &["/*", "\"", "'"])
}

/// The prose of a page: its texts, its comments, and attributes of more than one word.
pub(super) fn page(text: &str) -> (Vec<Paragraph>, Vec<usize>) {
    let mut reader = Reader::new(text);
    let mut within = "";
    while !reader.rest.is_empty() {
        let end = match within {
            // Code, which has no `<` that is a tag.
            "script" | "style" => reader.rest.find("</").unwrap_or(reader.rest.len()),
            _ => reader.rest.find('<').unwrap_or(reader.rest.len()),
        };
        let text = reader.take(end);
        if !matches!(within, "script" | "style") {
            reader.paragraphs.extend(prose::plain(&text));
        }
        if reader.rest.starts_with("<!--") {
            let end = reader.rest.find("-->").map(|end| end + 3);
            reader.comment(end, &['<', '!', '-', '>']);
            continue;
        }
        let tag = reader.rest;
        let name = |c: char| !c.is_alphanumeric();
        within = tag
            .get(1..)
            .and_then(|tag| tag.split(name).next())
            .unwrap_or_default();
        while let Some(next) = reader.rest.find(['"', '>']) {
            reader.take(next);
            if reader.rest.starts_with('>') {
                reader.take(1);
                break;
            }
            reader.literal('"');
        }
        if !tag.contains('>') {
            break;
        }
    }
    (reader.paragraphs, reader.commented)
}

struct Reader<'t> {
    rest: &'t str,
    number: usize,
    paragraphs: Vec<Paragraph>,
    commented: Vec<usize>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            rest: text,
            number: 1,
            paragraphs: Vec::new(),
            commented: Vec::new(),
        }
    }

    /// Reads code in which these start comments and literals.
    fn read(text: &str, starts: &[&str]) -> (Vec<Paragraph>, Vec<usize>) {
        let mut reader = Reader::new(text);
        // Line comments on consecutive lines are one text.
        let mut open: Vec<Line> = Vec::new();
        while !reader.rest.is_empty() {
            let start = starts.iter().find(|start| reader.rest.starts_with(**start));
            if start == Some(&"//") {
                let end = reader.rest.find('\n').unwrap_or(reader.rest.len());
                let goes_on = open
                    .last()
                    .is_some_and(|line| line.number() + 1 == reader.number);
                if !goes_on {
                    reader
                        .paragraphs
                        .extend(prose::plain(&std::mem::take(&mut open)));
                }
                reader.commented.push(reader.number);
                for line in reader.take(end) {
                    let text = line.text().trim_start_matches('/').to_owned();
                    open.push(Line::new(line.number(), text));
                }
                continue;
            }
            match start.copied() {
                Some("/*") => {
                    let end = reader.rest.find("*/").map(|end| end + 2);
                    reader.comment(end, &['/', '*']);
                }
                Some(quote) => reader.literal(quote.chars().next().unwrap_or('"')),
                None => {
                    let first = reader.rest.chars().next().map_or(1, char::len_utf8);
                    reader.take(first);
                }
            }
        }
        reader.paragraphs.extend(prose::plain(&open));
        (reader.paragraphs, reader.commented)
    }

    /// Reads so many bytes, and returns their lines.
    fn take(&mut self, length: usize) -> Vec<Line<'static>> {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        let lines = taken.split('\n').enumerate();
        let lines = lines.map(|(index, line)| Line::new(self.number + index, line.to_owned()));
        let lines = lines.collect();
        self.number += taken.matches('\n').count();
        lines
    }

    /// Reads a comment with an end, or the rest of the text.
    fn comment(&mut self, end: Option<usize>, markers: &[char]) {
        let lines = self.take(end.unwrap_or(self.rest.len()));
        self.commented.extend(lines.iter().map(Line::number));
        let is_marker = |c: char| c.is_whitespace() || markers.contains(&c);
        let lines: Vec<_> = lines
            .iter()
            .map(|line| Line::new(line.number(), line.text().trim_matches(is_marker)))
            .collect();
        self.paragraphs.extend(prose::plain(&lines));
    }

    /// Reads a literal; only one in backticks has more than one line.
    fn literal(&mut self, quote: char) {
        let mut is_escaped = false;
        let end = self.rest.char_indices().skip(1).find(|(_, c)| {
            let ends = !is_escaped && (*c == quote || (*c == '\n' && quote == '\''));
            is_escaped = !is_escaped && *c == '\\';
            ends
        });
        let end = end.map_or(self.rest.len(), |(at, c)| at + c.len_utf8());
        let lines: Vec<_> = self
            .take(end)
            .iter()
            .map(|line| Line::new(line.number(), line.text().trim_matches(quote).to_owned()))
            .collect();
        if is_prose(&lines) {
            self.paragraphs.extend(prose::plain(&lines));
        }
    }
}
