//! What types tell of themselves, and the plan that it makes.

use super::error::{PlanError, PlanErrorKind};
use super::model::{Entry, Plan, REFERENCE};
use super::object::Objects;
use lunogram_rules::json::Json;
use lunogram_rules::plan::{ANY, COLLECTED_CLOSE, COLLECTED_OPEN, Section};
use std::collections::{BTreeMap, BTreeSet};

/// What one type tells.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) section: Section,
    pub(super) name: String,
    /// Where the type stands.
    pub(super) place: String,
    said: Json,
}

impl Told {
    /// Reads it out of a message of the compiler.
    pub(super) fn find(message: &str, place: &str) -> Option<Self> {
        let (_, behind) = message.split_once(COLLECTED_OPEN)?;
        let (text, _) = behind.split_once(COLLECTED_CLOSE)?;
        let said = Json::read(text).ok()?;
        let words = |key: &str| said.get(key).and_then(Json::as_text).map(str::to_owned);
        let section = words("section")?;
        Some(Self {
            section: Section::ALL
                .into_iter()
                .find(|known| known.key() == section)?,
            name: words("name")?,
            place: place.to_owned(),
            said,
        })
    }

    fn words(&self, key: &str) -> Option<String> {
        self.said
            .get(key)
            .and_then(Json::as_text)
            .map(str::to_owned)
    }

    pub(super) fn get(&self, key: &str) -> Option<&Json> {
        self.said.get(key)
    }

    /// Whether no type stands for the name.
    fn is_name_alone(&self) -> bool {
        self.get("type").is_none()
    }
}

/// Makes the plan of what types tell.
///
/// # Errors
/// [`Conflict`](PlanErrorKind::Conflict) where two of one name tell different things.
pub(super) fn assemble(mut told: Vec<Told>) -> Result<Plan, PlanError> {
    // The order in which cargo builds says nothing.
    told.sort_by(|one, other| {
        let key = |told: &Told| {
            (
                told.section,
                told.name.clone(),
                told.is_name_alone(),
                told.place.clone(),
            )
        };
        key(one).cmp(&key(other))
    });
    let objects = Objects::new(&told);
    let mut entries: BTreeMap<(Section, String), (Entry, &Told)> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for told in &told {
        let entry = Entry {
            subject: told.words("subject"),
            description: told.words("description"),
            schema: objects.schema(told),
        };
        match entries.get_mut(&(told.section, told.name.clone())) {
            None => {
                entries.insert((told.section, told.name.clone()), (entry, told));
            }
            Some(_) if told.is_name_alone() => {}
            Some((first, from)) => {
                let line = |entry: &Entry| entry.schema.as_ref().map(Json::line);
                if first.subject != entry.subject || line(first) != line(&entry) {
                    conflicts.push(conflict(from, told));
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

fn conflict(first: &Told, second: &Told) -> String {
    let instead = match first.section {
        Section::Definitions => {
            "give one of the two a name of its own with `#[lunogram(name = \"…\")]`"
        }
        Section::Events | Section::Schedules => "make them the same, or rename one of the two",
        Section::Users | Section::Organizations => "rename one of the two types",
    };
    format!(
        "{} `{}` is one thing at {} and another at {}; {instead}",
        first.section.entry(),
        first.name,
        first.place,
        second.place,
    )
}

/// Takes nested types out that nothing in the plan has, and defines those that it has from elsewhere.
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
        let elsewhere = || Entry {
            subject: None,
            description: Some("A type of another package.".to_owned()),
            schema: Json::read(ANY).ok(),
        };
        plan.entries
            .entry((Section::Definitions, name))
            .or_insert_with(elsewhere);
    }
}

fn references(schema: &Json, plan: &Plan, found: &mut BTreeSet<String>) {
    match schema {
        Json::Object(members) => {
            for (key, value) in members {
                match value {
                    Json::Text(reference) if key == "$ref" => {
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
        Json::List(items) => items.iter().for_each(|item| references(item, plan, found)),
        Json::Text(_) | Json::Word(_) => {}
    }
}
