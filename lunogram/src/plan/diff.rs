//! What is other in one plan than in another, and whom that breaks.

use super::model::{Entry, Plan, Property, properties};
use super::object::without_null;
use lunogram_rules::json::Json;
use lunogram_rules::plan::{ANY, Section};
use std::collections::BTreeSet;
use std::fmt;

/// Whether whoever reads what is sent has to change.
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
    /// A journey, a list or a program that counts on the old plan may stop working: something is gone, may be missing, or is
    /// of a type that it was not.
    Breaking,
    /// Whatever works with the old plan works with the new one: something is new, is always there where it was not, or has
    /// fewer values than it had.
    Compatible,
}

/// One difference between two plans.
///
/// Its `Display` is a line for people: ``event `paid`: property `amount` was {"type": "number"}, is {"type": "string"}``.
///
/// ```
/// use lunogram::plan::{Impact, Plan};
///
/// let old: Plan = r#"{"lunogramPlan": 1, "events": {"paid": {"subject": "user"}}}"#.parse()?;
/// let new: Plan = r#"{"lunogramPlan": 1, "events": {"paid": {"subject": "user"}, "refunded": {"subject": "user"}}}"#.parse()?;
/// let change = &old.changes(&new)[0];
/// assert_eq!(change.to_string(), "event `refunded` is new");
/// assert_eq!(change.impact(), Impact::Compatible);
/// # Ok::<(), lunogram::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    impact: Impact,
    section: Section,
    name: String,
    what: String,
}

impl Change {
    /// Whom it breaks.
    pub fn impact(&self) -> Impact {
        self.impact
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`{}", self.section.entry(), self.name, self.what)
    }
}

impl Plan {
    /// What is other in `new`: first what breaks, then the rest, each by section and name.
    ///
    /// A new property, a new value of an enum and a new event break nobody: whoever reads them has to expect more than there
    /// was. What is gone, an enum's value included, leaves somebody waiting for it.
    ///
    /// ```
    /// use lunogram::plan::{Impact, Plan};
    ///
    /// let old: Plan = r#"{"lunogramPlan": 1, "events": {"paid": {"subject": "user"}}}"#.parse()?;
    /// let new: Plan = r#"{"lunogramPlan": 1, "events": {"paid": {"subject": "user"}, "refunded": {"subject": "user"}}}"#.parse()?;
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
                (Some(_), None) => found.breaking(" is gone"),
                (None, Some(_)) => found.compatible(" is new"),
                (Some(old), Some(new)) => entry(old, new, &mut found),
                (None, None) => {}
            }
            changes.extend(found.0.into_iter().map(|(impact, what)| Change {
                impact,
                section: key.0,
                name: key.1.clone(),
                what,
            }));
        }
        changes.sort();
        changes
    }
}

struct Found(Vec<(Impact, String)>);

impl Found {
    fn breaking(&mut self, what: impl Into<String>) {
        self.0.push((Impact::Breaking, what.into()));
    }

    fn compatible(&mut self, what: impl Into<String>) {
        self.0.push((Impact::Compatible, what.into()));
    }

    fn other(&mut self, what: &str, old: &Json, new: &Json) {
        let was_and_is = format!("{what} was {}, is {}", old.line(), new.line());
        if accepts(old, new) {
            self.compatible(was_and_is);
        } else {
            self.breaking(was_and_is);
        }
    }
}

fn entry(old: &Entry, new: &Entry, found: &mut Found) {
    if old.subject != new.subject {
        let subject = |entry: &Entry| {
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
        (Some(old), Some(new)) if is_object(old) && is_object(new) => object(old, new, found),
        (Some(old), Some(new)) if names(old).is_some() && names(new).is_some() => {
            values(old, new, found);
        }
        (Some(old), Some(new)) => {
            if old.line() != new.line() {
                found.other(":", old, new);
            }
        }
        (None, Some(_)) => found.compatible(": its properties are known now"),
        (Some(_), None) => found.breaking(": its properties are no longer known"),
        (None, None) => {}
    }
    if old.description != new.description {
        found.compatible(": it is described otherwise");
    }
}

fn is_object(schema: &Json) -> bool {
    schema.get("properties").is_some()
}

fn object(old: &Json, new: &Json, found: &mut Found) {
    let (was, is) = (properties(old), properties(new));
    let of = |all: &[Property<'_>], key: &str| all.iter().position(|it| it.key == key);
    for before in &was {
        let what = format!(": property `{}`", before.key);
        let Some(at) = of(&is, before.key) else {
            found.breaking(format!("{what} is gone"));
            continue;
        };
        let after = &is[at];
        match (before.required, after.required) {
            (true, false) => found.breaking(format!("{what} may be missing now")),
            (false, true) => found.compatible(format!("{what} is always there now")),
            _ => {}
        }
        if before.schema.line() != after.schema.line() {
            found.other(&what, before.schema, after.schema);
        } else if before.schema != after.schema {
            found.compatible(format!("{what} is described otherwise"));
        }
    }
    for after in is.iter().filter(|after| of(&was, after.key).is_none()) {
        found.compatible(format!(
            ": property `{}` is new: {}",
            after.key,
            after.schema.line()
        ));
    }
    let others = |schema: &Json| schema.get("additionalProperties").map(Json::line);
    match (others(old), others(new)) {
        (was, is) if was == is => {}
        (Some(was), _) if was == "false" => {
            found.compatible(": it may have further properties now");
        }
        (_, Some(is)) if is == "false" => found.breaking(": it has no further properties now"),
        _ => found.breaking(": its further properties are others"),
    }
}

/// The strings of which a schema allows one.
fn names(schema: &Json) -> Option<BTreeSet<&str>> {
    match schema.get("enum")? {
        Json::List(names) => names.iter().map(Json::as_text).collect(),
        _ => None,
    }
}

fn values(old: &Json, new: &Json, found: &mut Found) {
    let (was, is) = (
        names(old).unwrap_or_default(),
        names(new).unwrap_or_default(),
    );
    for value in was.difference(&is) {
        found.breaking(format!(": value `{value}` is gone"));
    }
    for value in is.difference(&was) {
        found.compatible(format!(": value `{value}` is new"));
    }
}

/// Whether every value of `new` is one that `old` allows.
fn accepts(old: &Json, new: &Json) -> bool {
    let ((old, nullable_before), (new, nullable)) = (without_null(old), without_null(new));
    if nullable && !nullable_before && old.line() != ANY {
        return false;
    }
    if old.line() == new.line() || old.line() == ANY {
        return true;
    }
    let text =
        |schema: &Json, key: &str| schema.get(key).and_then(Json::as_text).map(str::to_owned);
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
            object(&old, &new, &mut found);
            found
                .0
                .iter()
                .all(|(impact, _)| *impact == Impact::Compatible)
        }
        _ => false,
    }
}
