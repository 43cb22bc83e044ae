//! A row of the page: one line, and the details that it opens to.

use super::text::{json, line};
use crate::model::StoredIdentifier;
use crate::testing::store::{Data, SentIdentifier};
use chrono::{DateTime, SecondsFormat, Utc};
use lunogram_rules::source;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

/// The most related items that one row names, such as identifiers or members.
pub(super) const MAX_NAMED: usize = 50;

/// One row.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// Unique and stable within its section.
    key: String,
    /// When it happened or last changed, with a fixed number of digits so that it sorts as text.
    at: String,
    /// A short label: the kind, status or version.
    tag: String,
    name: String,
    /// The subject, and other text for the line.
    about: String,
    /// Why it was lost or refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// Names and values to show when the row is open.
    facts: Vec<(&'static str, String)>,
    /// Headings and JSON texts. The line shows the beginning of the first text.
    texts: Vec<(&'static str, String)>,
    /// Ids of users or organizations, which the page replaces by names.
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

    /// Adds a text, unless the object is empty.
    pub(super) fn object(self, heading: &'static str, object: &Data) -> Self {
        if object.is_empty() {
            return self;
        }
        self.text(heading, object)
    }

    /// Its approximate size in bytes.
    pub(super) fn size(&self) -> usize {
        let pairs = self.facts.iter().chain(&self.texts);
        pairs.map(|(_, text)| text.len()).sum::<usize>()
            + self.name.len()
            + self.about.len()
            + self.problem.as_ref().map_or(0, String::len)
    }
}

/// Sent and stored identifiers.
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
        for identifier in identifiers.iter().take(MAX_NAMED) {
            self = self.fact("identifier", Some(name(identifier)));
        }
        self
    }

    /// Adds the metadata of the identifiers.
    pub(super) fn metadata(self, identifiers: &[impl Identifying]) -> Self {
        let metadata: Map<_, _> = identifiers
            .iter()
            .filter(|identifier| !identifier.parts().2.is_empty())
            .map(|identifier| {
                (
                    name(identifier),
                    Value::Object(identifier.parts().2.clone()),
                )
            })
            .collect();
        self.object("metadata of identifiers", &metadata)
    }
}

pub(super) fn names(identifiers: &[impl Identifying]) -> String {
    let names: Vec<_> = identifiers.iter().take(MAX_NAMED).map(name).collect();
    names.join(", ")
}

pub(super) fn name(identifier: &impl Identifying) -> String {
    let (source, external_id, _) = identifier.parts();
    identified(source, external_id)
}

/// `source:external_id`, without the default source.
pub(super) fn identified(source: &str, external_id: &str) -> String {
    if source == source::DEFAULT {
        external_id.to_owned()
    } else {
        format!("{source}:{external_id}")
    }
}
