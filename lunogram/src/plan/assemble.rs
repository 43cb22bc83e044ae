//! Makes a plan of the types that were collected.

use super::collected::Collected;
use super::error::{PlanError, PlanErrorKind};
use super::json::Json;
use super::model::{Plan, PlanEntry, REFERENCE};
use super::object::Objects;
use lunogram_rules::plan::{ANY, Section};
use std::collections::{BTreeMap, BTreeSet};

/// # Errors
/// [`Conflict`](PlanErrorKind::Conflict) if two types of one name differ.
pub(super) fn assemble(mut collected: Vec<Collected>) -> Result<Plan, PlanError> {
    // Cargo builds in any order; the plan does not depend on it.
    collected.sort_by(|one, other| {
        let key = |it: &Collected| {
            (
                it.section,
                it.name.clone(),
                it.is_name_alone(),
                it.position.clone(),
            )
        };
        key(one).cmp(&key(other))
    });
    let objects = Objects::new(&collected);
    let mut entries: BTreeMap<(Section, String), (PlanEntry, &Collected)> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for one in &collected {
        let entry = PlanEntry {
            subject: one.subject.clone(),
            description: one.description.clone(),
            schema: objects.schema(one),
        };
        match entries.get_mut(&(one.section, one.name.clone())) {
            None => {
                entries.insert((one.section, one.name.clone()), (entry, one));
            }
            Some(_) if one.is_name_alone() => {}
            Some((first, from)) => {
                let line = |entry: &PlanEntry| entry.schema.as_ref().map(Json::line);
                if first.subject != entry.subject || line(first) != line(&entry) {
                    conflicts.push(conflict(from, one));
                }
                first.description = first.description.take().or(entry.description);
            }
        }
    }
    if !conflicts.is_empty() {
        return Err(PlanError::new(
            PlanErrorKind::Conflict,
            conflicts.join("\n"),
        ));
    }
    let entries = entries.into_iter().map(|(key, (entry, _))| (key, entry));
    let mut plan = Plan {
        entries: entries.collect(),
    };
    keep_referenced(&mut plan);
    Ok(plan)
}

fn conflict(first: &Collected, second: &Collected) -> String {
    let advice = match first.section {
        Section::Definitions => "give one of them another name with `#[lunogram(name = \"…\")]`",
        Section::Events | Section::Schedules => "make them equal, or rename one of them",
        Section::Users | Section::Organizations => "rename one of the two types",
    };
    format!(
        "{} `{}` is defined differently at {} and at {}; {advice}",
        first.section.entry(),
        first.name,
        first.position,
        second.position,
    )
}

/// Removes nested types that nothing in the plan refers to, and adds an entry that allows any value
/// for those that are defined in other packages.
fn keep_referenced(plan: &mut Plan) {
    let mut wanted = BTreeSet::new();
    for ((section, _), entry) in &plan.entries {
        if *section != Section::Definitions
            && let Some(schema) = &entry.schema
        {
            references(schema, plan, &mut wanted);
        }
    }
    plan.entries
        .retain(|(section, name), _| *section != Section::Definitions || wanted.contains(name));
    for name in wanted {
        let foreign = || PlanEntry {
            subject: None,
            description: Some("A type of another package.".to_owned()),
            schema: serde_json::from_str(ANY).ok(),
        };
        plan.entries
            .entry((Section::Definitions, name))
            .or_insert_with(foreign);
    }
}

fn references(schema: &Json, plan: &Plan, found: &mut BTreeSet<String>) {
    match schema {
        Json::Object(members) => {
            for (key, value) in members {
                match value {
                    Json::String(reference) if key == "$ref" => {
                        let name = reference.strip_prefix(REFERENCE).unwrap_or_default();
                        if found.insert(name.to_owned())
                            && let Some(definition) = plan.definition(reference)
                        {
                            references(definition, plan, found);
                        }
                    }
                    value => references(value, plan, found),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, plan, found)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}
