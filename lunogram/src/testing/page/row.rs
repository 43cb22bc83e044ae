//! A row: what is shown in one line, and what it opens to.

use super::text::{json, line};
use crate::testing::store::{Data, SentIdentifier, StoredIdentifier};
use chrono::{DateTime, SecondsFormat, Utc};
use lunogram_rules::source;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

/// How many are named of those that belong to a row.
pub(super) const NAMED: usize = 50;

/// One row.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// What tells it apart within its section, for as long as it is there.
    key: String,
    /// When it happened, or changed last; always with as many digits, so that it can be sorted as text.
    at: String,
    /// A word on what it is.
    tag: String,
    name: String,
    /// Whom it is about, and what else belongs into one line.
    about: String,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// Names and values.
    facts: Vec<(&'static str, String)>,
    /// Headings and JSON texts; the row itself shows the beginning of the first.
    texts: Vec<(&'static str, String)>,
    /// The ids of users or organizations, which the page knows by their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) reached: Vec<Uuid>,
}

impl Row {
    pub(super) fn new(key: String, at: DateTime<Utc>, tag: impl Into<String>, name: &str) -> Self {
        Self {
            key,
            at: at.to_rfc3339_opts(SecondsFormat::Micros, true),
            tag: tag.into(),
            name: line(name),
            about: String::new(),
            problem: None,
            facts: Vec::new(),
            texts: Vec::new(),
            reached: Vec::new(),
        }
    }

    pub(super) fn about(mut self, about: impl Into<String>) -> Self {
        self.about = line(about);
        self
    }

    pub(super) fn problem(mut self, problem: &str) -> Self {
        self.problem = Some(line(problem));
        self
    }

    pub(super) fn fact(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.facts.push((name, line(value.to_string())));
        }
        self
    }

    pub(super) fn text(mut self, heading: &'static str, value: &impl Serialize) -> Self {
        self.texts.push((heading, json(value)));
        self
    }

    /// An object that may well be empty, which is then not shown.
    pub(super) fn object(self, heading: &'static str, object: &Data) -> Self {
        if object.is_empty() {
            return self;
        }
        self.text(heading, object)
    }

    /// About how many bytes it has.
    pub(super) fn size(&self) -> usize {
        let pairs = self.facts.iter().chain(&self.texts);
        pairs.map(|(_, text)| text.len()).sum::<usize>()
            + self.name.len()
            + self.about.len()
            + self.problem.as_ref().map_or(0, String::len)
    }
}

/// The two kinds of identifier, as the page shows them.
pub(super) trait Identifying {
    fn parts(&self) -> (&str, &str, &Data);
}

impl Identifying for SentIdentifier {
    fn parts(&self) -> (&str, &str, &Data) {
        (&self.source, &self.external_id, &self.metadata)
    }
}

impl Identifying for StoredIdentifier {
    fn parts(&self) -> (&str, &str, &Data) {
        (&self.source, &self.external_id, &self.metadata)
    }
}

impl Row {
    pub(super) fn identifiers(mut self, identifiers: &[StoredIdentifier]) -> Self {
        for identifier in identifiers.iter().take(NAMED) {
            self = self.fact("identifier", Some(name(identifier)));
        }
        self
    }

    /// What was said of the identifiers themselves.
    pub(super) fn metadata(self, identifiers: &[impl Identifying]) -> Self {
        let said: Map<_, _> = identifiers
            .iter()
            .filter(|identifier| !identifier.parts().2.is_empty())
            .map(|identifier| {
                (
                    name(identifier),
                    Value::Object(identifier.parts().2.clone()),
                )
            })
            .collect();
        self.object("metadata of identifiers", &said)
    }
}

pub(super) fn names(identifiers: &[impl Identifying]) -> String {
    let names: Vec<_> = identifiers.iter().take(NAMED).map(name).collect();
    names.join(", ")
}

pub(super) fn name(identifier: &impl Identifying) -> String {
    let (source, external_id, _) = identifier.parts();
    identified(source, external_id)
}

/// The source that is meant where none is named is not named here, either.
pub(super) fn identified(source: &str, external_id: &str) -> String {
    if source == source::DEFAULT {
        external_id.to_owned()
    } else {
        format!("{source}:{external_id}")
    }
}
