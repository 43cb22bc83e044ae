//! The plan as a file: what it says of a type.

use super::{SUBJECT_KEY, Section, VERSION, VERSION_KEY, WRITE};
use crate::json::{Damage, Json, Part, parts, quoted, unescaped};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

/// A plan that was read as far as where each entry is.
pub struct PlanFile {
    text: String,
    entries: Vec<Place>,
}

/// Where an entry is.
struct Place {
    section: Section,
    /// As it stands, without its quotes.
    name: Range<usize>,
    value: Range<usize>,
}

/// What the plan says of one type.
pub struct Entry<'f> {
    text: &'f str,
    parts: Vec<Part>,
}

/// What the plan says of one property.
pub struct Planned<'f> {
    key: &'f str,
    schema: &'f str,
    /// Whether it is always there.
    pub required: bool,
}

impl PlanFile {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// Why it cannot be used, as the end of a sentence about the file.
    pub fn read(text: String) -> Result<Self, String> {
        if text.trim_ascii().is_empty() {
            return Err(format!("is empty; run `{WRITE}`, or delete it"));
        }
        // Another version may well look like damage.
        let found =
            parts(&text, 2).map_err(|damage| newer(&text).unwrap_or_else(|| damaged(damage)))?;
        if !text.trim_ascii_start().starts_with('{') {
            return Err(damaged(no_object(&text, 0)));
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
                    format!("has no usable `{VERSION_KEY}`; it is {VERSION} in a plan of this version: run `{WRITE}`")
                }));
            }
            None => {
                return Err(format!(
                    "is no tracking plan: it has no `{VERSION_KEY}`; run `{WRITE}`, or delete it"
                ));
            }
        }
        let mut entries = places(&text, found)?;
        if !entries.is_sorted_by(|one, other| order(&text, one, other).is_le()) {
            entries.sort_by(|one, other| order(&text, one, other));
        }
        Ok(Self { text, entries })
    }

    /// What it says of the type of that name.
    #[must_use]
    pub fn entry(&self, section: Section, name: &str) -> Option<Entry<'_>> {
        let quoted = quoted(name);
        let name = unquoted(&quoted);
        let found = self.entries.binary_search_by(|place| {
            let names = || self.text[place.name.clone()].cmp(name);
            place.section.cmp(&section).then_with(names)
        });
        let text = &self.text[self.entries.get(found.ok()?)?.value.clone()];
        let parts = parts(text, 1).ok()?;
        Some(Entry { text, parts })
    }

    /// All entries, each with its JSON text.
    pub fn all(&self) -> impl Iterator<Item = (Section, String, &str)> {
        self.entries.iter().map(|place| {
            let entry = &self.text[place.value.clone()];
            (place.section, self.name(place), entry)
        })
    }

    /// The names in a section.
    pub fn names(&self, section: Section) -> impl Iterator<Item = String> {
        let places = self
            .entries
            .iter()
            .filter(move |place| place.section == section);
        places.map(|place| self.name(place))
    }

    fn name(&self, place: &Place) -> String {
        unescaped(&self.text[place.name.clone()])
    }
}

/// The members of the sections. They end before their section does.
fn places(text: &str, found: Vec<Part>) -> Result<Vec<Place>, String> {
    let mut places: Vec<Place> = Vec::with_capacity(found.len());
    let mut start = 0;
    for Part { depth, key, value } in found {
        if depth == 2 {
            places.push(Place {
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
                return Err(damaged(no_object(text, value.start)));
            }
            Some(section) => {
                for place in &mut places[start..] {
                    place.section = section;
                }
            }
            None => places.truncate(start),
        }
        start = places.len();
    }
    Ok(places)
}

fn order(text: &str, one: &Place, other: &Place) -> Ordering {
    let names = || text[one.name.clone()].cmp(&text[other.name.clone()]);
    one.section.cmp(&other.section).then_with(names)
}

fn damaged(Damage { line, column, what }: Damage) -> String {
    format!("is damaged: {what}, at line {line}, column {column}; restore it, or run `{WRITE}`")
}

fn no_object(text: &str, at: usize) -> Damage {
    Damage::at(text, at, "no object where one belongs")
}

/// What to say of a plan that a newer version wrote.
fn newer(text: &str) -> Option<String> {
    let (_, behind) = text.split_once(&quoted(VERSION_KEY))?;
    let behind = behind
        .trim_ascii_start()
        .strip_prefix(':')?
        .trim_ascii_start();
    let digits = behind
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(behind.len());
    let version: u64 = behind[..digits].parse().ok()?;
    (version > VERSION).then(|| {
        format!("is of version {version}, which a newer `lunogram` wrote; this one reads version {VERSION}: update the crate")
    })
}

impl<'f> Entry<'f> {
    /// The member of its schema, as it stands.
    fn member(&self, key: &str) -> Option<&'f str> {
        let mut parts = self.parts.iter();
        let part = parts.find(|part| self.text[part.key.clone()] == *key)?;
        Some(&self.text[part.value.clone()])
    }

    /// Whom it is about: `user` or `organization`.
    #[must_use]
    pub fn subject(&self) -> Option<&'f str> {
        self.member(SUBJECT_KEY).map(unquoted)
    }

    /// The properties in their order.
    #[must_use]
    pub fn properties(&self) -> Vec<Planned<'f>> {
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
            Planned {
                required: is_required(key),
                key,
                schema: &properties[part.value],
            }
        });
        properties.collect()
    }

    /// All of the schema on one line.
    #[must_use]
    pub fn schema(&self) -> String {
        line(self.text)
    }

    /// Whether it says which properties there are; the entry of a name that no type stands for does not.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.member("properties").is_some()
    }

    /// The alternatives that it is one of, by the word that says so: `enum`, `oneOf` or `anyOf`.
    #[must_use]
    pub fn alternatives(&self, word: &str) -> Option<Vec<String>> {
        let alternatives = self.member(word)?;
        let parts = parts(alternatives, 1).ok()?;
        let lines = parts
            .into_iter()
            .map(|part| line(&alternatives[part.value]));
        Some(lines.collect())
    }
}

impl<'f> Planned<'f> {
    /// Its name.
    #[must_use]
    pub fn key(&self) -> Cow<'f, str> {
        if self.key.contains('\\') {
            return Cow::Owned(unescaped(self.key));
        }
        Cow::Borrowed(self.key)
    }

    /// Whether its schema is this one.
    #[must_use]
    pub fn is(&self, schema: &str) -> bool {
        // As it mostly stands in the file.
        self.schema == schema || self.schema() == schema
    }

    /// Its schema on one line.
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
    fn entries_are_found() {
        let plan = PlanFile::read(PLAN.to_owned()).expect("a plan");
        let entry = plan.entry(Section::Events, "paid").expect("there");
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
        let currency = plan.entry(Section::Definitions, "Currency").expect("there");
        assert_eq!(
            currency.schema(),
            "{\"type\": \"string\", \"enum\": [\"eur\"]}"
        );
        assert!(plan.entry(Section::Schedules, "paid").is_none());
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        for (text, words) in [
            (" \n", "is empty; run `lunogram plan write`"),
            ("{}", "is no tracking plan: it has no `lunogramPlan`"),
            (
                "[]",
                "is damaged: no object where one belongs, at line 1, column 1",
            ),
            (
                &PLAN[..PLAN.len() - 3],
                "is damaged: no `,` or end behind a value, at line 18",
            ),
            (
                "{\"lunogramPlan\": 2, \"events\": [}",
                "is of version 2, which a newer",
            ),
            ("{\"lunogramPlan\": \"1\"}", "has no usable `lunogramPlan`"),
            ("{\"lunogramPlan\": 0}", "has no usable `lunogramPlan`"),
        ] {
            let why = PlanFile::read(text.to_owned()).err().expect(text);
            assert!(why.starts_with(words), "{why}");
        }
    }
}
