//! Compares a plan with the schemas that a server has observed.

mod finding;
mod lookup;
pub(super) mod observed;

pub use finding::{Finding, FindingKind};

use super::error::PlanError;
use super::json::Json;
use super::model::{Plan, PlanEntry, properties};
use crate::client::Client;
use crate::wire::management::Observed;
use lunogram_rules::name::RESERVED_PREFIXES;
use lunogram_rules::plan::Section;
use observed::{Path, Schemas, Step, Types};
use std::collections::{BTreeMap, BTreeSet};

impl Plan {
    /// Compares the plan with the schemas that a server has observed. It reports names and
    /// properties that are in the plan but were never observed, that were observed but are not in
    /// the plan, or that were observed with another type. The client needs a project
    /// ([`ClientBuilder::project`](crate::ClientBuilder::project)) and a key that may read.
    ///
    /// Observed schemas are not an agreement: the comparison can show drift, and cannot rule it
    /// out. Newer servers observe users, organizations, their events and users' schedules; older
    /// servers observe users and their events.
    ///
    /// ```
    /// use lunogram::plan::Plan;
    /// use lunogram::{Client, Event, testing::Server};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::start()?;
    /// let client = Client::builder(server.key())
    ///     .base_url(server.url())
    ///     .project(server.project_id())
    ///     .build()?;
    /// client.send(&Event::new("purchase_complete").to("user_123")).await?;
    ///
    /// let text = r#"{"lunogramPlan": 1, "events": {"purchase_completed": {"subject": "user"}}}"#;
    /// let plan: Plan = text.parse()?;
    /// for finding in plan.observe(&client).await? {
    ///     println!("{finding}");
    /// }
    /// # assert_eq!(plan.observe(&client).await?.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Server`](super::PlanErrorKind::Server) if the server does not return its observed schemas.
    pub async fn observe(&self, client: &Client) -> Result<Vec<Finding>, PlanError> {
        let mut found = Vec::new();
        for (scope, schemas) in &observed::fetch(client).await? {
            match schemas {
                Schemas::ByName(names) => self.compare_names(*scope, names, &mut found),
                Schemas::ByPath(types) => self.compare_traits(*scope, types, &mut found),
            }
        }
        found.sort();
        Ok(found)
    }

    /// Compares events or schedules, by name.
    fn compare_names(
        &self,
        scope: Observed,
        observed: &BTreeMap<String, Types>,
        found: &mut Vec<Finding>,
    ) {
        let (section, subject) = match scope {
            Observed::UserSchedules => (Section::Schedules, "user"),
            Observed::OrganizationEvents => (Section::Events, "organization"),
            _ => (Section::Events, "user"),
        };
        let what = section.entry();
        // The subject of an event that has no type is not known, and may be either.
        let is_of = |entry: &PlanEntry| entry.subject.as_deref().is_none_or(|of| of == subject);
        let planned: Vec<_> = self
            .section(section)
            .filter(|(_, entry)| is_of(entry))
            .collect();
        for (name, types) in observed {
            let is_reserved = |prefix: &&str| name.starts_with(*prefix);
            if RESERVED_PREFIXES.iter().any(is_reserved) {
                continue;
            }
            let Some((_, entry)) = planned.iter().find(|(planned, _)| planned == name) else {
                let known = planned.iter().map(|(name, _)| *name);
                let subject = format!("{what} `{name}` of a {subject}");
                found.push(Finding::unknown(&subject, name, known));
                continue;
            };
            if let Some(schema) = &entry.schema {
                let owner = format!("of {what} `{name}`");
                self.compare_properties(&owner, &[schema], types, found);
            }
        }
        for (name, entry) in planned {
            if !observed.contains_key(name) && entry.subject.is_some() {
                found.push(Finding::never_seen(&format!("{what} `{name}`")));
            }
        }
    }

    fn compare_traits(&self, scope: Observed, observed: &Types, found: &mut Vec<Finding>) {
        let (section, owner) = match scope {
            Observed::Users => (Section::Users, "of users"),
            Observed::Organizations => (Section::Organizations, "of organizations"),
            // The plan has no types for the data of memberships.
            _ => return,
        };
        let schemas: Vec<&Json> = self
            .section(section)
            .filter_map(|(_, entry)| entry.schema.as_ref())
            .collect();
        self.compare_properties(owner, &schemas, observed, found);
    }

    /// Compares the observed types of each path with schemas of which a value matches any one.
    fn compare_properties(
        &self,
        owner: &str,
        schemas: &[&Json],
        observed: &Types,
        found: &mut Vec<Finding>,
    ) {
        for (path, types) in observed {
            let subject = || format!("property `{}` {owner}", display(path));
            let (nodes, known) = self.follow(schemas, path);
            if nodes.is_empty() {
                let parent_is_known = match path.split_last() {
                    Some((_, parent)) => !self.follow(schemas, parent).0.is_empty(),
                    None => false,
                };
                // One finding for an unknown object is enough; its members are unknown with it.
                if parent_is_known {
                    let name = path.last().map(Step::name).unwrap_or_default();
                    let known = known.iter().map(String::as_str);
                    found.push(Finding::unknown(&subject(), name, known));
                }
                continue;
            }
            let allowed: Option<BTreeSet<&str>> =
                nodes.iter().try_fold(BTreeSet::new(), |mut all, schema| {
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
                found.push(Finding::other_type(&subject(), &other, &allowed));
            }
        }
        let planned: BTreeSet<&str> = schemas
            .iter()
            .flat_map(|schema| properties(schema))
            .map(|it| it.key)
            .collect();
        for key in planned {
            if !observed.contains_key(&vec![Step::Key(key.to_owned())]) {
                found.push(Finding::never_seen(&format!("property `{key}` {owner}")));
            }
        }
    }
}

fn display(path: &Path) -> String {
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
