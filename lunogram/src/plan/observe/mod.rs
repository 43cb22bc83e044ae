//! What a server has observed, held against the plan.

use super::error::PlanError;
use super::model::{Entry, Plan};
use super::observed::{Path, Schemas, Seen, Step, Types};
use crate::client::Client;
use crate::transport::management::Observed;
use lunogram_rules::json::Json;
use lunogram_rules::name::RESERVED_PREFIXES;
use lunogram_rules::plan::Section;
use lunogram_rules::suggest;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What kind of difference a [`Finding`] is.
///
/// ```
/// use lunogram::plan::{Finding, FindingKind};
///
/// /// What is never seen may be new: it is no reason for an alarm.
/// fn is_drift(finding: &Finding) -> bool {
///     finding.kind() != FindingKind::NeverSeen
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// The server has seen it, and the plan does not know it: the trace of a typo, or of what was sent before there was a plan.
    Unknown,
    /// The server has seen a type that the plan does not have.
    OtherType,
    /// The plan has it, and the server has never seen it. It may be new, or rare.
    NeverSeen,
}

/// One difference between the plan and what a server has observed.
///
/// Its `Display` is a line for people.
///
/// ```
/// use lunogram::plan::{FindingKind, Plan};
/// use lunogram::{Client, Event, testing::Server};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::start()?;
/// let client = Client::builder(server.key()).base_url(server.url()).project(server.project_id()).build()?;
/// client.post_user_events(&[Event::new("purchase_complete").to("user_123")]).await?;
///
/// let plan: Plan = r#"{"lunogramPlan": 1, "events": {"purchase_completed": {"subject": "user"}}}"#.parse()?;
/// let findings = plan.observe(&client).await?;
/// assert_eq!(findings[0].kind(), FindingKind::Unknown);
/// assert_eq!(
///     findings[0].to_string(),
///     "event `purchase_complete` of a user was seen, and is not in the plan; `purchase_completed` was probably meant"
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    kind: FindingKind,
    text: String,
}

impl Finding {
    /// What kind of difference it is.
    pub fn kind(&self) -> FindingKind {
        self.kind
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Plan {
    /// Holds the plan against what a server has observed: what it never saw, what it saw and the plan does not know, and what
    /// is of another type there. The client is one of the project ([`ClientBuilder::project`](crate::ClientBuilder::project)), with
    /// a key that may read.
    ///
    /// What a server has observed was never agreed: this can show drift, and can prove nothing. Newer servers tell of users,
    /// organizations, their events and users' schedules, older ones of users and their events.
    ///
    /// ```
    /// use lunogram::plan::Plan;
    /// use lunogram::{Client, Event, testing::Server};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::start()?;
    /// let client = Client::builder(server.key()).base_url(server.url()).project(server.project_id()).build()?;
    /// client.post_user_events(&[Event::new("purchase_complete").to("user_123")]).await?;
    ///
    /// let plan: Plan = r#"{"lunogramPlan": 1, "events": {"purchase_completed": {"subject": "user"}}}"#.parse()?;
    /// for finding in plan.observe(&client).await? {
    ///     println!("{finding}");
    /// }
    /// # assert_eq!(plan.observe(&client).await?.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Server`](super::PlanErrorKind::Server) where the server does not tell.
    pub async fn observe(&self, client: &Client) -> Result<Vec<Finding>, PlanError> {
        let mut found = Vec::new();
        let seen = Seen::ask(client).await?;
        for (scope, schemas) in &seen.scopes {
            match schemas {
                Schemas::ByName(names) => self.names_seen(*scope, names, &mut found),
                Schemas::Whole(types) => self.traits_seen(*scope, types, &mut found),
            }
        }
        found.sort();
        Ok(found)
    }

    fn names_seen(
        &self,
        scope: Observed,
        seen: &BTreeMap<String, Types>,
        found: &mut Vec<Finding>,
    ) {
        let (section, subject) = match scope {
            Observed::UserSchedules => (Section::Schedules, "user"),
            Observed::OrganizationEvents => (Section::Events, "organization"),
            _ => (Section::Events, "user"),
        };
        let what = section.entry();
        // Whom an event is about that is known by its name alone, nobody knows.
        let is_of = |entry: &Entry| entry.subject.as_deref().is_none_or(|of| of == subject);
        let planned: Vec<_> = self
            .section(section)
            .filter(|(_, entry)| is_of(entry))
            .collect();
        for (name, types) in seen {
            if RESERVED_PREFIXES
                .iter()
                .any(|prefix| name.starts_with(prefix))
            {
                continue;
            }
            let Some((_, entry)) = planned.iter().find(|(planned, _)| planned == name) else {
                let unseen = planned.iter().map(|(name, _)| *name);
                let text = format!(
                    "{what} `{name}` of a {subject} was seen, and is not in the plan{}",
                    meant(name, unseen)
                );
                found.push(Finding {
                    kind: FindingKind::Unknown,
                    text,
                });
                continue;
            };
            if let Some(schema) = &entry.schema {
                let of = format!("of {what} `{name}`");
                self.properties_seen(&of, &[schema], types, found);
            }
        }
        for (name, entry) in planned {
            if !seen.contains_key(name) && entry.subject.is_some() {
                let text = format!("{what} `{name}` was never seen");
                found.push(Finding {
                    kind: FindingKind::NeverSeen,
                    text,
                });
            }
        }
    }

    fn traits_seen(&self, scope: Observed, seen: &Types, found: &mut Vec<Finding>) {
        let (section, of) = match scope {
            Observed::Users => (Section::Users, "of users"),
            Observed::Organizations => (Section::Organizations, "of organizations"),
            // What a membership holds is in no type.
            _ => return,
        };
        let schemas: Vec<&Json> = self
            .section(section)
            .filter_map(|(_, entry)| entry.schema.as_ref())
            .collect();
        self.properties_seen(of, &schemas, seen, found);
    }

    /// Holds the types that were seen against schemas of which each value is one.
    fn properties_seen(&self, of: &str, schemas: &[&Json], seen: &Types, found: &mut Vec<Finding>) {
        for (path, types) in seen {
            let (node, known) = self.follow(schemas, path);
            if node.is_empty() {
                let parent_is_known = match path.split_last() {
                    Some((_, parent)) => !self.follow(schemas, parent).0.is_empty(),
                    None => false,
                };
                // Of what is not known, nothing inside is.
                if parent_is_known {
                    let name = path.last().map(Step::name).unwrap_or_default();
                    let known = known.iter().map(String::as_str);
                    let text = format!(
                        "property `{}` {of} was seen, and is not in the plan{}",
                        spelled(path),
                        meant(name, known)
                    );
                    found.push(Finding {
                        kind: FindingKind::Unknown,
                        text,
                    });
                }
                continue;
            }
            let allowed: Option<BTreeSet<&str>> =
                node.iter().try_fold(BTreeSet::new(), |mut all, schema| {
                    all.extend(self.types(schema)?);
                    Some(all)
                });
            let Some(allowed) = allowed else { continue };
            let other: Vec<&str> = types
                .iter()
                .map(String::as_str)
                .filter(|it| !allowed.contains(it))
                .collect();
            if !other.is_empty() {
                let allowed: Vec<&str> = allowed.into_iter().collect();
                let text = format!(
                    "property `{}` {of} was seen as {}, and is {} in the plan",
                    spelled(path),
                    other.join(" and "),
                    allowed.join(" or "),
                );
                found.push(Finding {
                    kind: FindingKind::OtherType,
                    text,
                });
            }
        }
        let planned: BTreeSet<&str> = schemas
            .iter()
            .flat_map(|schema| super::model::properties(schema))
            .map(|it| it.key)
            .collect();
        for key in planned {
            if !seen.contains_key(&vec![Step::Key(key.to_owned())]) {
                let text = format!("property `{key}` {of} was never seen");
                found.push(Finding {
                    kind: FindingKind::NeverSeen,
                    text,
                });
            }
        }
    }

    /// The schemas at the end of a path, and the keys that there are beside its last one.
    fn follow<'p>(&'p self, schemas: &[&'p Json], path: &[Step]) -> (Vec<&'p Json>, Vec<String>) {
        let mut at: Vec<&Json> = schemas.to_vec();
        let mut keys = Vec::new();
        for step in path {
            let choices: Vec<&Json> = at.iter().flat_map(|schema| self.choices(schema)).collect();
            keys.clear();
            at = Vec::new();
            for schema in choices {
                if super::model::is_any(schema) {
                    at.push(schema);
                    continue;
                }
                match step {
                    Step::Key(key) => {
                        let properties = super::model::properties(schema);
                        keys.extend(properties.iter().map(|property| property.key.to_owned()));
                        let own = properties.iter().find(|property| property.key == key);
                        let own = own.map(|property| property.schema);
                        let others = schema
                            .get("additionalProperties")
                            .filter(|others| others.line() != "false");
                        at.extend(own.or(others));
                    }
                    Step::Item => {
                        at.extend(schema.get("items").filter(|items| items.line() != "false"));
                        if let Some(Json::List(items)) = schema.get("prefixItems") {
                            at.extend(items);
                        }
                    }
                }
            }
        }
        (at, keys)
    }

    /// What a schema is one of, behind references.
    fn choices<'p>(&'p self, schema: &'p Json) -> Vec<&'p Json> {
        if let Some(reference) = schema.get("$ref").and_then(Json::as_text) {
            return self
                .definition(reference)
                .map(|schema| self.choices(schema))
                .unwrap_or_default();
        }
        match schema.get("anyOf").or_else(|| schema.get("oneOf")) {
            Some(Json::List(choices)) => choices
                .iter()
                .flat_map(|choice| self.choices(choice))
                .collect(),
            _ => vec![schema],
        }
    }

    /// The types of JSON that a schema allows; nothing where it allows any.
    fn types(&self, schema: &Json) -> Option<BTreeSet<&'static str>> {
        let mut types = BTreeSet::new();
        for schema in self.choices(schema) {
            let kinds: Vec<&str> = match schema.get("type") {
                Some(Json::Text(kind)) => vec![kind],
                Some(Json::List(kinds)) => kinds.iter().filter_map(Json::as_text).collect(),
                _ if schema.get("const").is_some() => vec!["string"],
                _ => return None,
            };
            for kind in kinds {
                // What a server sees of an integer is a number.
                let kind = if kind == "integer" { "number" } else { kind };
                types.extend(TYPES.into_iter().find(|known| *known == kind));
            }
        }
        Some(types)
    }
}

/// What a server tells apart.
const TYPES: [&str; 6] = ["array", "boolean", "null", "number", "object", "string"];

fn meant<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    match suggest::nearest(name, known) {
        Some(nearest) => format!("; `{nearest}` was probably meant"),
        None => String::new(),
    }
}

fn spelled(path: &Path) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => {
                text.push('.');
                text.push_str(key);
            }
            Step::Item => text.push_str("[]"),
        }
    }
    text
}
