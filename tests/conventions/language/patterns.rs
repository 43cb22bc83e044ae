//! The phrases that have a plainer form.

use super::prose::Paragraph;
use regex::{Regex, RegexBuilder};
use std::error::Error;

/// A table, so that a phrase is added by a line, which brings its own test.
const TABLE: &str = include_str!("patterns.tsv");

pub(super) struct Pattern {
    phrase: Regex,
    /// A sentence that matches this as well is not a finding.
    unless: Option<Regex>,
    advice: &'static str,
    /// A sentence that has the phrase, and a sentence that has not.
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are for the tests"))]
    examples: [&'static str; 2],
}

impl Pattern {
    /// # Errors
    /// When a line of the table has not five fields, or no regular expression.
    pub(super) fn all() -> Result<Vec<Self>, Box<dyn Error>> {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        lines.map(Self::parse).collect()
    }

    fn parse(line: &'static str) -> Result<Self, Box<dyn Error>> {
        let fields: Vec<_> = line.split('\t').collect();
        let [phrase, unless, advice, bad, good] = fields[..] else {
            return Err(format!("not five fields: {line}").into());
        };
        let unless = (!unless.is_empty()).then(|| regex(unless)).transpose()?;
        Ok(Self {
            phrase: regex(phrase)?,
            unless,
            advice,
            examples: [bad, good],
        })
    }
}

fn regex(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).case_insensitive(true).build()
}

/// The line, the words and the advice of each match.
pub(super) fn search<'p>(
    paragraph: &Paragraph,
    patterns: &'p [Pattern],
) -> Vec<(usize, String, &'p str)> {
    let mut found = Vec::new();
    for (start, sentence) in paragraph.sentences() {
        for pattern in patterns {
            // A heading is a phrase, not a sentence.
            let is_of_sentences = pattern.phrase.as_str().starts_with('^');
            let excepted = pattern.unless.as_ref();
            if excepted.is_some_and(|unless| unless.is_match(sentence))
                || (paragraph.is_heading() && is_of_sentences)
            {
                continue;
            }
            for words in pattern.phrase.find_iter(sentence) {
                let line = paragraph.line_of(start + words.start());
                found.push((line, words.as_str().to_owned(), pattern.advice));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::prose::{Line, markdown};
    use super::{Pattern, search};

    #[test]
    fn each_pattern_finds_its_example_and_not_the_better_one() {
        for pattern in Pattern::all().unwrap() {
            let [bad, good] = pattern.examples;
            let pattern = [pattern];
            let count = |text: &str| -> usize {
                let paragraphs = markdown(&[Line::new(1, text)]);
                paragraphs
                    .iter()
                    .map(|one| search(one, &pattern).len())
                    .sum()
            };
            assert_eq!(count(bad), 1, "{bad}");
            assert_eq!(count(good), 0, "{good}");
        }
    }
}
