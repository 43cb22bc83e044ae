//! The differences between two plans, and which of them break consumers.

use super::json::Json;
use super::model::{Plan, PlanEntry, Property, properties};
use super::object::without_null;
use lunogram_rules::plan::{ANY, Section};
use std::collections::BTreeSet;
use std::fmt;

/// Whether consumers of the events have to change.
///
/// ```
/// use lunogram::plan::{Impact, Plan};
///
/// fn may_be_released(old: &Plan, new: &Plan) -> bool {
///     old.changes(new).iter().all(|change| change.impact() == Impact::Compatible)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// A journey, a list or a program that relies on the old plan may stop working: something was
    /// removed, may now be missing, or has a type that it did not have.
    Breaking,
    /// Everything that works with the old plan works with the new one: something was added, is now
    /// always present, or has fewer possible values.
    Compatible,
}

/// One difference between two plans.
///
/// Its `Display` is one line for people:
/// ``event `paid`: property `amount` was {"type": "number"}, is {"type": "string"}``.
///
/// ```
/// use lunogram::plan::{Impact, Plan};
///
/// let old: Plan = r#"{"lunogramPlan": 1, "events": {"paid": {"subject": "user"}}}"#.parse()?;
/// let new: Plan = r#"{"lunogramPlan": 1, "events": {
///     "paid": {"subject": "user"}, "refunded": {"subject": "user"}
/// }}"#.parse()?;
/// let change = &old.changes(&new)[0];
/// assert_eq!(change.to_string(), "event `refunded` was added");
/// assert_eq!(change.impact(), Impact::Compatible);
/// # Ok::<(), lunogram::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    impact: Impact,
    section: Section,
    name: String,
    text: String,
}

impl Change {
    /// Whether it breaks consumers.
    pub fn impact(&self) -> Impact {
        self.impact
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`{}", self.section.entry(), self.name, self.text)
    }
}

impl Plan {
    /// The changes that make this plan into `new`: the breaking ones first, each group sorted by
    /// section and name.
    ///
    /// A new event, property or enum value is compatible: consumers have to accept additions. A
    /// removal is breaking, also of an enum value, since a consumer may depend on it.
    ///
    /// ```
    /// use lunogram::plan::{Impact, Plan};
    ///
    /// let old: Plan = r#"{"lunogramPlan": 1, "events": {"paid": {"subject": "user"}}}"#.parse()?;
    /// let new: Plan = r#"{"lunogramPlan": 1, "events": {
    ///     "paid": {"subject": "user"}, "refunded": {"subject": "user"}
    /// }}"#.parse()?;
    /// assert_eq!(old.changes(&new)[0].impact(), Impact::Compatible);
    /// assert_eq!(new.changes(&old)[0].impact(), Impact::Breaking);
    /// assert!(new.changes(&new).is_empty());
    /// # Ok::<(), lunogram::plan::PlanError>(())
    /// ```
    #[must_use]
    pub fn changes(&self, new: &Self) -> Vec<Change> {
        let keys: BTreeSet<_> = self.entries.keys().chain(new.entries.keys()).collect();
        let mut changes = Vec::new();
        for key in keys {
            let mut found = Found(Vec::new());
            match (self.entries.get(key), new.entries.get(key)) {
                (Some(_), None) => found.breaking(" was removed"),
                (None, Some(_)) => found.compatible(" was added"),
                (Some(old), Some(new)) => compare_entries(old, new, &mut found),
                (None, None) => {}
            }
            changes.extend(found.0.into_iter().map(|(impact, text)| Change {
                impact,
                section: key.0,
                name: key.1.clone(),
                text,
            }));
        }
        changes.sort();
        changes
    }
}

/// The changes of one entry, each with its text after the entry's name.
struct Found(Vec<(Impact, String)>);

impl Found {
    fn breaking(&mut self, text: impl Into<String>) {
        self.0.push((Impact::Breaking, text.into()));
    }

    fn compatible(&mut self, text: impl Into<String>) {
        self.0.push((Impact::Compatible, text.into()));
    }

    fn schema(&mut self, subject: &str, old: &Json, new: &Json) {
        let text = format!("{subject} was {}, is {}", old.line(), new.line());
        if accepts(old, new) {
            self.compatible(text);
        } else {
            self.breaking(text);
        }
    }
}

fn compare_entries(old: &PlanEntry, new: &PlanEntry, found: &mut Found) {
    if old.subject != new.subject {
        let subject = |entry: &PlanEntry| {
            entry
                .subject
                .clone()
                .unwrap_or_else(|| "unknown".to_owned())
        };
        found.breaking(format!(
            ": the kind of subject was {}, is {}",
            subject(old),
            subject(new)
        ));
    }
    match (&old.schema, &new.schema) {
        (Some(old), Some(new)) if is_object(old) && is_object(new) => {
            compare_objects(old, new, found);
        }
        (Some(old), Some(new)) if values(old).is_some() && values(new).is_some() => {
            compare_values(old, new, found);
        }
        (Some(old), Some(new)) => {
            if old.line() != new.line() {
                found.schema(":", old, new);
            }
        }
        (None, Some(_)) => found.compatible(": its properties are now known"),
        (Some(_), None) => found.breaking(": its properties are no longer known"),
        (None, None) => {}
    }
    if old.description != new.description {
        found.compatible(": its description changed");
    }
}

fn is_object(schema: &Json) -> bool {
    schema.get("properties").is_some()
}

fn compare_objects(old: &Json, new: &Json, found: &mut Found) {
    let (old_properties, new_properties) = (properties(old), properties(new));
    let position = |all: &[Property<'_>], key: &str| all.iter().position(|it| it.key == key);
    for before in &old_properties {
        let property = format!(": property `{}`", before.key);
        let Some(at) = position(&new_properties, before.key) else {
            found.breaking(format!("{property} was removed"));
            continue;
        };
        let after = &new_properties[at];
        match (before.required, after.required) {
            (true, false) => found.breaking(format!("{property} is now optional")),
            (false, true) => found.compatible(format!("{property} is now required")),
            _ => {}
        }
        if before.schema.line() != after.schema.line() {
            found.schema(&property, before.schema, after.schema);
        } else if before.schema != after.schema {
            found.compatible(format!("{property}: its description changed"));
        }
    }
    let is_new = |after: &&Property<'_>| position(&old_properties, after.key).is_none();
    for after in new_properties.iter().filter(is_new) {
        found.compatible(format!(
            ": property `{}` was added: {}",
            after.key,
            after.schema.line()
        ));
    }
    let additional = |schema: &Json| schema.get("additionalProperties").map(Json::line);
    match (additional(old), additional(new)) {
        (old, new) if old == new => {}
        (Some(old), _) if old == "false" => {
            found.compatible(": further properties are now allowed");
        }
        (_, Some(new)) if new == "false" => {
            found.breaking(": further properties are no longer allowed");
        }
        _ => found.breaking(": the schema of further properties changed"),
    }
}

/// The values of an enum of strings; `None` for any other schema.
fn values(schema: &Json) -> Option<BTreeSet<&str>> {
    let values = schema.get("enum")?.as_array()?;
    values.iter().map(Json::as_str).collect()
}

fn compare_values(old: &Json, new: &Json, found: &mut Found) {
    let (old, new) = (
        values(old).unwrap_or_default(),
        values(new).unwrap_or_default(),
    );
    for value in old.difference(&new) {
        found.breaking(format!(": value `{value}` was removed"));
    }
    for value in new.difference(&old) {
        found.compatible(format!(": value `{value}` was added"));
    }
}

/// Whether `old` allows every value that `new` allows.
fn accepts(old: &Json, new: &Json) -> bool {
    let ((old, old_nullable), (new, nullable)) = (without_null(old), without_null(new));
    if nullable && !old_nullable && old.line() != ANY {
        return false;
    }
    if old.line() == new.line() || old.line() == ANY {
        return true;
    }
    let text = |schema: &Json, key: &str| schema.get(key).and_then(Json::as_str).map(str::to_owned);
    let inner = |key: &str| match (old.get(key), new.get(key)) {
        (Some(old), Some(new)) => accepts(old, new),
        (old, new) => old == new,
    };
    match (text(&old, "type").as_deref(), text(&new, "type").as_deref()) {
        (Some("number"), Some("integer")) => true,
        (Some("string"), Some("string")) => text(&old, "format").is_none(),
        (Some("array"), Some("array")) => inner("items") && inner("prefixItems"),
        (Some("object"), Some("object")) if !is_object(&old) && !is_object(&new) => {
            inner("additionalProperties")
        }
        (Some("object"), Some("object")) => {
            let mut found = Found(Vec::new());
            compare_objects(&old, &new, &mut found);
            found
                .0
                .iter()
                .all(|(impact, _)| *impact == Impact::Compatible)
        }
        _ => false,
    }
}
