//! The plan as a value.

use super::error::{PlanError, PlanErrorKind};
use super::json::Json;
use lunogram_rules::plan::{ANY, PlanFile, SUBJECT_KEY, Section, WRITE};
use std::collections::BTreeMap;
use std::str::FromStr;

/// A tracking plan: the events, schedules and traits of an application, each with its subject, its
/// description, and the schema of its properties.
///
/// Its `Display` is the text of `lunogram.plan.json`, and [`FromStr`] reads that text:
///
/// ```
/// use lunogram::plan::Plan;
///
/// let text = r#"{"lunogramPlan": 1, "events": {"signed_up": {"subject": "user"}}}"#;
/// let plan: Plan = text.parse()?;
/// assert_eq!(plan.events().collect::<Vec<_>>(), ["signed_up"]);
/// # Ok::<(), lunogram::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub(super) entries: BTreeMap<(Section, String), PlanEntry>,
}

/// One type in the plan: an event, a schedule, traits, or a nested type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlanEntry {
    pub(super) subject: Option<String>,
    pub(super) description: Option<String>,
    /// `None` for an event of which only the name is known.
    pub(super) schema: Option<Json>,
}

/// One property of an object's schema.
pub(super) struct Property<'s> {
    pub(super) key: &'s str,
    pub(super) schema: &'s Json,
    pub(super) required: bool,
}

impl Plan {
    /// The names of the events, sorted.
    pub fn events(&self) -> impl Iterator<Item = &str> {
        self.names(Section::Events)
    }

    /// The names of the schedules, sorted.
    pub fn schedules(&self) -> impl Iterator<Item = &str> {
        self.names(Section::Schedules)
    }

    pub(super) fn names(&self, section: Section) -> impl Iterator<Item = &str> {
        self.section(section).map(|(name, _)| name)
    }

    pub(super) fn section(&self, section: Section) -> impl Iterator<Item = (&str, &PlanEntry)> {
        self.entries
            .iter()
            .filter(move |((of, _), _)| *of == section)
            .map(|((_, name), entry)| (name.as_str(), entry))
    }

    /// Resolves a `$ref` to the schema of a nested type.
    pub(super) fn definition(&self, reference: &str) -> Option<&Json> {
        let name = reference.strip_prefix(REFERENCE)?;
        let key = (Section::Definitions, name.to_owned());
        self.entries.get(&key)?.schema.as_ref()
    }
}

/// The key of an entry's description.
pub(super) const DESCRIPTION: &str = "description";

/// The prefix of a reference to a nested type.
pub(super) const REFERENCE: &str = "#/$defs/";

impl FromStr for Plan {
    type Err = PlanError;

    /// [`PlanFile`], which the derives use, finds the entries and decides whether the file is
    /// usable (not damaged, empty, or of another version). `serde_json` parses each entry.
    fn from_str(text: &str) -> Result<Self, PlanError> {
        let unusable = |reason: String| {
            PlanError::new(
                PlanErrorKind::Unusable,
                format!("the tracking plan {reason}"),
            )
        };
        let file = PlanFile::read(text.to_owned()).map_err(unusable)?;
        let mut entries = BTreeMap::new();
        for (section, name, entry) in file.all() {
            let entry: Json = serde_json::from_str(entry).map_err(|error| {
                unusable(format!(
                    "is damaged: {} `{name}` cannot be read ({error} of the entry); restore it, or run `{WRITE}`",
                    section.entry()
                ))
            })?;
            let text = |key: &str| entry.get(key).and_then(Json::as_str).map(str::to_owned);
            let entry = PlanEntry {
                subject: text(SUBJECT_KEY),
                description: text(DESCRIPTION),
                schema: schema(&entry),
            };
            entries.insert((section, name), entry);
        }
        Ok(Self { entries })
    }
}

/// The members of an entry that are its schema: all but the subject and the description.
fn schema(entry: &Json) -> Option<Json> {
    let Json::Object(members) = entry else {
        return Some(entry.clone());
    };
    let is_schema = |key: &str| key != SUBJECT_KEY && key != DESCRIPTION;
    let kept = members.iter().filter(|(key, _)| is_schema(key));
    let kept: Vec<_> = kept.cloned().collect();
    (!kept.is_empty()).then_some(Json::Object(kept))
}

/// Whether a schema allows any value.
pub(super) fn is_any(schema: &Json) -> bool {
    schema.line() == ANY || *schema == Json::Bool(true)
}

/// The properties that a schema names, in its order.
pub(super) fn properties(schema: &Json) -> Vec<Property<'_>> {
    let Some(Json::Object(properties)) = schema.get("properties") else {
        return Vec::new();
    };
    let required = schema.get("required").and_then(Json::as_array);
    let required = required.unwrap_or_default();
    properties
        .iter()
        .map(|(key, schema)| Property {
            key,
            schema,
            required: required.iter().any(|name| name.as_str() == Some(key)),
        })
        .collect()
}
