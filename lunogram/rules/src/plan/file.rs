//! The plan file and its entries.

use super::{SUBJECT_KEY, Section, VERSION, VERSION_KEY, WRITE};
use crate::json::{Json, Part, SyntaxError, parts, quoted, unescaped};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

/// A plan file with the position of each entry. Entries are parsed on demand.
pub struct PlanFile {
    text: String,
    entries: Vec<EntrySpan>,
}

/// The position of an entry in the text.
struct EntrySpan {
    section: Section,
    /// The name without its quotes, still escaped.
    name: Range<usize>,
    value: Range<usize>,
}

/// The entry of one type in the plan.
pub struct PlanEntry<'f> {
    text: &'f str,
    parts: Vec<Part>,
}

/// A property in an entry of the plan.
pub struct PlannedProperty<'f> {
    key: &'f str,
    schema: &'f str,
    /// Whether the plan requires the property.
    pub required: bool,
}

impl PlanFile {
    /// Parses the text of a plan file.
    ///
    /// # Errors
    /// Why it cannot be used, as the end of a sentence whose subject is the file.
    pub fn read(text: String) -> Result<Self, String> {
        if text.trim_ascii().is_empty() {
            return Err(format!("is empty; run `{WRITE}`, or delete it"));
        }
        // A newer format may not parse here, so a newer version is reported before a syntax error.
        let found =
            parts(&text, 2).map_err(|error| newer(&text).unwrap_or_else(|| damaged(error)))?;
        if !text.trim_ascii_start().starts_with('{') {
            return Err(damaged(not_an_object(&text, 0)));
        }
        let is_version = |part: &&Part| part.depth == 1 && text[part.key.clone()] == *VERSION_KEY;
        match found
            .iter()
            .find(is_version)
            .map(|part| &text[part.value.clone()])
        {
            Some(version) if version == VERSION.to_string() => {}
            Some(_) => {
                return Err(newer(&text).unwrap_or_else(|| {
                    format!("has an invalid `{VERSION_KEY}`: this version of `lunogram` reads {VERSION}; run `{WRITE}`")
                }));
            }
            None => {
                return Err(format!(
                    "is not a tracking plan: it has no `{VERSION_KEY}`; run `{WRITE}`, or delete it"
                ));
            }
        }
        let mut entries = entry_spans(&text, found)?;
        if !entries.is_sorted_by(|one, other| order(&text, one, other).is_le()) {
            entries.sort_by(|one, other| order(&text, one, other));
        }
        let is_repeated = |pair: &&[EntrySpan]| order(&text, &pair[0], &pair[1]).is_eq();
        if let Some([_, second]) = entries.windows(2).find(is_repeated) {
            let quote = second.name.start - 1;
            return Err(damaged(SyntaxError::at(&text, quote, "repeated key")));
        }
        Ok(Self { text, entries })
    }

    /// The entry with this name in a section.
    #[must_use]
    pub fn entry(&self, section: Section, name: &str) -> Option<PlanEntry<'_>> {
        let quoted = quoted(name);
        let name = unquoted(&quoted);
        let found = self.entries.binary_search_by(|span| {
            let names = || self.text[span.name.clone()].cmp(name);
            span.section.cmp(&section).then_with(names)
        });
        let text = &self.text[self.entries.get(found.ok()?)?.value.clone()];
        let parts = parts(text, 1).ok()?;
        Some(PlanEntry { text, parts })
    }

    /// All entries, each with its section, its name and its JSON text.
    pub fn all(&self) -> impl Iterator<Item = (Section, String, &str)> {
        self.entries.iter().map(|span| {
            let entry = &self.text[span.value.clone()];
            (span.section, self.name(span), entry)
        })
    }

    /// The names of the entries in a section.
    pub fn names(&self, section: Section) -> impl Iterator<Item = String> {
        let spans = self
            .entries
            .iter()
            .filter(move |span| span.section == section);
        spans.map(|span| self.name(span))
    }

    fn name(&self, span: &EntrySpan) -> String {
        unescaped(&self.text[span.name.clone()]).into_owned()
    }
}

/// The members of all sections. `found` lists the members of a section before the section itself.
fn entry_spans(text: &str, found: Vec<Part>) -> Result<Vec<EntrySpan>, String> {
    let mut spans: Vec<EntrySpan> = Vec::with_capacity(found.len());
    let mut start = 0;
    for Part { depth, key, value } in found {
        if depth == 2 {
            spans.push(EntrySpan {
                section: Section::Events,
                name: key,
                value,
            });
            continue;
        }
        let section = Section::ALL
            .into_iter()
            .find(|section| *section.key() == text[key.clone()]);
        match section {
            Some(_) if !text[value.clone()].starts_with('{') => {
                return Err(damaged(not_an_object(text, value.start)));
            }
            Some(section) => {
                for span in &mut spans[start..] {
                    span.section = section;
                }
            }
            None => spans.truncate(start),
        }
        start = spans.len();
    }
    Ok(spans)
}

fn order(text: &str, one: &EntrySpan, other: &EntrySpan) -> Ordering {
    let names = || text[one.name.clone()].cmp(&text[other.name.clone()]);
    one.section.cmp(&other.section).then_with(names)
}

fn damaged(SyntaxError { line, column, what }: SyntaxError) -> String {
    format!("is damaged: {what} at line {line}, column {column}; restore it, or run `{WRITE}`")
}

fn not_an_object(text: &str, at: usize) -> SyntaxError {
    SyntaxError::at(text, at, "expected an object")
}

/// The error for a plan that a newer version wrote.
fn newer(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(&quoted(VERSION_KEY))?;
    let rest = rest
        .trim_ascii_start()
        .strip_prefix(':')?
        .trim_ascii_start();
    let digits = rest
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(rest.len());
    let version: u64 = rest[..digits].parse().ok()?;
    (version > VERSION).then(|| {
        format!("has version {version}, written by a newer `lunogram`; this one reads version {VERSION}, so update the crate")
    })
}

impl<'f> PlanEntry<'f> {
    /// The value of a key, as written in the file.
    fn member(&self, key: &str) -> Option<&'f str> {
        let mut parts = self.parts.iter();
        let part = parts.find(|part| self.text[part.key.clone()] == *key)?;
        Some(&self.text[part.value.clone()])
    }

    /// The kind of subject: `user` or `organization`.
    #[must_use]
    pub fn subject(&self) -> Option<&'f str> {
        self.member(SUBJECT_KEY).map(unquoted)
    }

    /// The properties in the order of the file.
    #[must_use]
    pub fn properties(&self) -> Vec<PlannedProperty<'f>> {
        let properties = self.member("properties").unwrap_or_default();
        let required = self.member("required").unwrap_or_default();
        let of = |list: &str| parts(list, 1).unwrap_or_default();
        let names = of(required);
        let is_required = |key: &str| {
            let mut names = names.iter();
            names.any(|name| *unquoted(&required[name.value.clone()]) == *key)
        };
        let properties = of(properties).into_iter().map(|part| {
            let key = &properties[part.key];
            PlannedProperty {
                required: is_required(key),
                key,
                schema: &properties[part.value],
            }
        });
        properties.collect()
    }

    /// The whole schema on one line.
    #[must_use]
    pub fn schema(&self) -> String {
        line(self.text)
    }

    /// Whether it lists its properties. The entry of an `event_name!` without a type does not.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.member("properties").is_some()
    }

    /// The alternatives under `keyword`, which is `enum`, `oneOf` or `anyOf`.
    #[must_use]
    pub fn alternatives(&self, keyword: &str) -> Option<Vec<String>> {
        let alternatives = self.member(keyword)?;
        let parts = parts(alternatives, 1).ok()?;
        let lines = parts
            .into_iter()
            .map(|part| line(&alternatives[part.value]));
        Some(lines.collect())
    }
}

impl<'f> PlannedProperty<'f> {
    /// The name of the property.
    #[must_use]
    pub fn key(&self) -> Cow<'f, str> {
        unescaped(self.key)
    }

    /// Whether the property has this schema.
    #[must_use]
    pub fn is(&self, schema: &str) -> bool {
        // The first comparison avoids parsing and succeeds in most cases.
        self.schema == schema || self.schema() == schema
    }

    /// The schema of the property on one line.
    #[must_use]
    pub fn schema(&self) -> String {
        line(self.schema)
    }
}

fn unquoted(string: &str) -> &str {
    string
        .get(1..string.len().saturating_sub(1))
        .unwrap_or_default()
}

fn line(schema: &str) -> String {
    // The schemas of most properties.
    for kind in ["string", "integer", "number", "boolean"] {
        let plain = schema.strip_prefix("{\"type\": \"");
        let plain = plain.and_then(|rest| rest.strip_prefix(kind));
        if plain == Some("\"}") {
            return schema.to_owned();
        }
    }
    Json::read(schema)
        .map(|schema| schema.line())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "lunogramPlan": 1,
  "events": {
    "paid": {
      "subject": "user",
      "type": "object",
      "properties": {
        "amount": {"type": "number", "description": "in \"euro\""},
        "note": {"type": "string"}
      },
      "required": ["amount"],
      "additionalProperties": false
    }
  },
  "$defs": {
    "Currency": {"type": "string", "enum": ["eur"]}
  }
}
"#;

    #[test]
    fn entries_are_found_by_section_and_name() {
        let plan = PlanFile::read(PLAN.to_owned()).expect("a plan");
        let entry = plan.entry(Section::Events, "paid").expect("an entry");
        assert_eq!(entry.subject(), Some("user"));
        let found: Vec<_> = entry
            .properties()
            .into_iter()
            .map(|it| (it.key().into_owned(), it.schema(), it.required))
            .collect();
        assert_eq!(
            found,
            [
                (
                    "amount".to_owned(),
                    "{\"type\": \"number\"}".to_owned(),
                    true
                ),
                (
                    "note".to_owned(),
                    "{\"type\": \"string\"}".to_owned(),
                    false
                ),
            ]
        );
        let currency = plan
            .entry(Section::Definitions, "Currency")
            .expect("an entry");
        assert_eq!(
            currency.schema(),
            "{\"type\": \"string\", \"enum\": [\"eur\"]}"
        );
        assert!(plan.entry(Section::Schedules, "paid").is_none());
    }

    #[test]
    fn unusable_files_are_explained() {
        for (text, words) in [
            (" \n", "is empty; run `lunogram plan write`"),
            ("{}", "is not a tracking plan: it has no `lunogramPlan`"),
            ("[]", "is damaged: expected an object at line 1, column 1"),
            (
                &PLAN[..PLAN.len() - 3],
                "is damaged: expected `,` or a closing bracket at line 18",
            ),
            (
                "{\"lunogramPlan\": 2, \"events\": [}",
                "has version 2, written by a newer",
            ),
            ("{\"lunogramPlan\": \"1\"}", "has an invalid `lunogramPlan`"),
            ("{\"lunogramPlan\": 0}", "has an invalid `lunogramPlan`"),
            (
                "{\"lunogramPlan\": 1, \"events\": {\"b\": {}, \"a\": {}, \"b\": 1}}",
                "is damaged: repeated key at line 1, column 50",
            ),
        ] {
            let why = PlanFile::read(text.to_owned()).err().expect(text);
            assert!(why.starts_with(words), "{why}");
        }
    }
}
