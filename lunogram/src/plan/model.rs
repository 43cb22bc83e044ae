//! The plan as a value.

use super::error::{PlanError, PlanErrorKind};
use lunogram_rules::json::Json;
use lunogram_rules::plan::{ANY, PlanFile, SUBJECT_KEY, Section};
use std::collections::BTreeMap;
use std::str::FromStr;

/// A tracking plan: the events, schedules and traits of an application, each with whom it is about, what it is, and the
/// schema of its properties.
///
/// Its `Display` is the text of `lunogram.plan.json`, and [`FromStr`] reads that:
///
/// ```
/// use lunogram::plan::Plan;
///
/// let plan: Plan = r#"{"lunogramPlan": 1, "events": {"signed_up": {"subject": "user"}}}"#.parse()?;
/// assert_eq!(plan.events().collect::<Vec<_>>(), ["signed_up"]);
/// # Ok::<(), lunogram::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub(super) entries: BTreeMap<(Section, String), Entry>,
}

/// What the plan says of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) subject: Option<String>,
    pub(super) description: Option<String>,
    /// Of an event that is known by its name alone there is none.
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

    pub(super) fn section(&self, section: Section) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries
            .iter()
            .filter(move |((of, _), _)| *of == section)
            .map(|((_, name), entry)| (name.as_str(), entry))
    }

    /// What a `$ref` stands for.
    pub(super) fn definition(&self, reference: &str) -> Option<&Json> {
        let name = reference.strip_prefix(REFERENCE)?;
        let key = (Section::Definitions, name.to_owned());
        self.entries.get(&key)?.schema.as_ref()
    }
}

/// The key of what is said for people.
pub(super) const DESCRIPTION: &str = "description";

/// How a reference to a nested type starts.
pub(super) const REFERENCE: &str = "#/$defs/";

impl FromStr for Plan {
    type Err = PlanError;

    fn from_str(text: &str) -> Result<Self, PlanError> {
        let file = PlanFile::read(text.to_owned()).map_err(|why| {
            PlanError::new(PlanErrorKind::Unusable, format!("the tracking plan {why}"))
        })?;
        let entries = file.all().map(|(section, name, said)| {
            let words = |key: &str| said.get(key).and_then(Json::as_text).map(str::to_owned);
            let entry = Entry {
                subject: words(SUBJECT_KEY),
                description: words(DESCRIPTION),
                schema: schema(&said),
            };
            ((section, name), entry)
        });
        Ok(Self {
            entries: entries.collect(),
        })
    }
}

/// What an entry says beside whom it is about and what it is.
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
    schema.line() == ANY || *schema == Json::Word("true".to_owned())
}

/// The properties that a schema names, in its order.
pub(super) fn properties(schema: &Json) -> Vec<Property<'_>> {
    let Some(Json::Object(properties)) = schema.get("properties") else {
        return Vec::new();
    };
    let required = match schema.get("required") {
        Some(Json::List(required)) => required.as_slice(),
        _ => &[],
    };
    properties
        .iter()
        .map(|(key, schema)| Property {
            key,
            schema,
            required: required.iter().any(|name| name.as_text() == Some(key)),
        })
        .collect()
}
