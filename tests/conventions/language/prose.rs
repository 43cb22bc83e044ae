//! Paragraphs and sentences, each with the lines of the file on which they stand.

use super::source;
use std::borrow::Cow;

/// A line of prose, without the comment marker in front of it.
#[derive(Clone)]
pub(super) struct Line<'t> {
    number: usize,
    text: Cow<'t, str>,
}

impl<'t> Line<'t> {
    pub(super) fn new(number: usize, text: impl Into<Cow<'t, str>>) -> Self {
        Self {
            number,
            text: text.into(),
        }
    }

    pub(super) fn number(&self) -> usize {
        self.number
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

/// Text that belongs together, in one line, with code replaced by a filler of the same length.
#[derive(Default)]
pub(super) struct Paragraph {
    text: String,
    /// Where the lines of the file start in the text, and their numbers.
    starts: Vec<(usize, usize)>,
    is_heading: bool,
}

impl Paragraph {
    pub(super) fn is_heading(&self) -> bool {
        self.is_heading
    }

    /// The number of the line on which the byte at `offset` stands.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        let after = self.starts.partition_point(|(start, _)| *start <= offset);
        self.starts[after.saturating_sub(1)].1
    }

    /// The sentences, each with its offset.
    pub(super) fn sentences(&self) -> Vec<(usize, &str)> {
        let mut sentences = Vec::new();
        let mut start = 0;
        for (end, _) in self.text.match_indices([' ']) {
            let before = self.text[..end].trim_end_matches(['*', '_', ')', '"']);
            if before.ends_with(['.', '!', '?']) {
                sentences.push((start, &self.text[start..end]));
                start = end + 1;
            }
        }
        sentences.push((start, &self.text[start..]));
        sentences
    }

    fn push(&mut self, number: usize, text: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.starts.push((self.text.len(), number));
        self.text.push_str(text);
    }

    /// Replaces code, that is, text between backticks and format arguments, by letters.
    fn finish(mut self) -> Option<Self> {
        let mut masked = String::with_capacity(self.text.len());
        let mut rest = self.text.as_str();
        while let Some(start) = rest.find(['`', '{']) {
            let close = if rest[start..].starts_with('`') {
                '`'
            } else {
                '}'
            };
            let (before, code) = rest.split_at(start);
            masked.push_str(before);
            let Some(length) = code[1..].find(close) else {
                rest = code;
                break;
            };
            masked.push_str(&"x".repeat(length + 2));
            rest = &code[length + 2..];
        }
        masked.push_str(rest);
        self.text = masked;
        (!self.starts.is_empty()).then_some(self)
    }
}

/// The paragraphs of Markdown: of its code only the comments.
pub(super) fn markdown(lines: &[Line]) -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    let mut open = Paragraph::default();
    let mut fence: Option<(String, Vec<Line>)> = None;
    for line in lines {
        let text = line.text.trim();
        if let Some((language, code)) = &mut fence {
            if text.starts_with("```") {
                paragraphs.extend(fenced(language, code));
                fence = None;
            } else {
                code.push(line.clone());
            }
            continue;
        }
        let starts_anew = text.is_empty() || text.starts_with(['#', '|', '<']) || is_item(text);
        if starts_anew || text.starts_with("```") {
            paragraphs.extend(std::mem::take(&mut open).finish());
        }
        if let Some(language) = text.strip_prefix("```") {
            fence = Some((language.to_owned(), Vec::new()));
        } else if text.starts_with('#') && !text.starts_with("#[") {
            let mut heading = Paragraph {
                is_heading: true,
                ..Paragraph::default()
            };
            heading.push(line.number, text.trim_start_matches(['#', ' ']));
            paragraphs.extend(heading.finish());
        } else if text.starts_with('|') {
            for cell in text.split('|') {
                let mut paragraph = Paragraph::default();
                paragraph.push(line.number, cell.trim());
                paragraphs.extend(paragraph.finish());
            }
        } else if !text.is_empty() {
            let text = text.trim_start_matches(['-', '>', ' ']);
            open.push(line.number, text.trim_start_matches("* "));
        }
    }
    paragraphs.extend(open.finish());
    paragraphs
}

/// Whether the line starts an item of a list.
fn is_item(text: &str) -> bool {
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.starts_with("- ")
        || text.starts_with("* ")
        || (number.len() < text.len() && number.starts_with(". "))
}

/// The prose of a fenced block: the comments of a program, or the whole output of one.
fn fenced(language: &str, code: &[Line]) -> Vec<Paragraph> {
    let language = language.split([',', ' ']).next().unwrap_or_default();
    let rust = [
        "",
        "rust",
        "no_run",
        "ignore",
        "compile_fail",
        "should_panic",
    ];
    let of_lines = |text: fn(&str) -> Option<&str>| {
        let lines = code.iter();
        let paragraph = |line: &Line| {
            let mut paragraph = Paragraph::default();
            paragraph.push(line.number, text(line.text.trim())?);
            paragraph.finish()
        };
        lines.filter_map(paragraph).collect()
    };
    match language {
        language if rust.contains(&language) => source::fenced_rust(code),
        "text" | "console" => of_lines(|line| Some(line)),
        "sh" | "toml" => of_lines(|line| Some(line.split_once("# ")?.1)),
        _ => Vec::new(),
    }
}

/// The lines of a block as one text, for a reader of code, and the number of the first.
pub(super) fn joined(code: &[Line]) -> (usize, String) {
    let lines = code.iter().map(|line| {
        let text = line.text.trim_start();
        // A line of a documented example that rustdoc does not show.
        text.strip_prefix("# ").unwrap_or(text)
    });
    let first = code.first().map_or(1, |line| line.number);
    (first, lines.collect::<Vec<_>>().join("\n"))
}

/// The paragraphs of a message, separated by empty lines.
pub(super) fn plain(lines: &[Line]) -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    let mut open = Paragraph::default();
    for line in lines {
        if line.text.trim().is_empty() {
            paragraphs.extend(std::mem::take(&mut open).finish());
        } else {
            open.push(line.number, line.text.trim());
        }
    }
    paragraphs.extend(open.finish());
    paragraphs
}

/// The compiler's messages: each line by itself, without the source lines that they quote.
pub(super) fn compiler_output(lines: &[Line]) -> Vec<Paragraph> {
    let is_message = |line: &&Line| {
        let text = line.text.trim_start();
        let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_quoted = number.len() < text.len() && number.trim_start().starts_with('|');
        !is_quoted && !text.starts_with("-->") && !text.starts_with(":::")
    };
    let paragraph = |line: &Line| {
        let mut paragraph = Paragraph::default();
        paragraph.push(
            line.number,
            line.text.trim().trim_start_matches(['|', '^', '-', ' ']),
        );
        paragraph.finish()
    };
    lines
        .iter()
        .filter(is_message)
        .filter_map(paragraph)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Line, Paragraph, markdown};

    fn texts(text: &str) -> Vec<String> {
        let lines = text.lines().enumerate();
        let lines: Vec<_> = lines
            .map(|(index, text)| Line::new(index + 1, text))
            .collect();
        markdown(&lines).into_iter().map(|one| one.text).collect()
    }

    #[test]
    fn paragraphs_join_lines_and_items_stand_alone() {
        assert_eq!(texts("a\nb\n\nc"), ["a b", "c"]);
        assert_eq!(texts("# a\nb\n- c\n  d\n1. e"), ["a", "b", "c d", "1. e"]);
        assert_eq!(texts("| a | b |")[1..3], ["a", "b"]);
    }

    #[test]
    fn code_is_filled_in() {
        assert_eq!(texts("a `b` {c} d"), ["a xxx xxx d"]);
        assert_eq!(texts("a ` {"), ["a ` {"]);
    }

    #[test]
    fn a_sentence_knows_its_line() {
        let lines = [
            Line::new(7, "One. Two"),
            Line::new(8, "goes on. (Three.) Four?"),
        ];
        let paragraph: &Paragraph = &markdown(&lines)[0];
        let sentences = paragraph.sentences();
        let texts: Vec<_> = sentences.iter().map(|(_, text)| *text).collect();
        assert_eq!(texts, ["One.", "Two goes on.", "(Three.)", "Four?"]);
        assert_eq!(paragraph.line_of(sentences[1].0), 7);
        assert_eq!(paragraph.line_of(sentences[3].0), 8);
    }
}
