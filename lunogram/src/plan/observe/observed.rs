//! What a server tells of the schemas that it has observed.

use super::error::{PlanError, PlanErrorKind};
use crate::client::Client;
use crate::transport::management::Observed;
use lunogram_rules::json::Json;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Key(String),
    Item,
}

impl Step {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Key(key) => key,
            Self::Item => "",
        }
    }
}

/// From the data of an event or of a subject into a value.
pub(super) type Path = [Step];

/// The types that were seen at each path.
pub(super) type Types = BTreeMap<Vec<Step>, BTreeSet<String>>;

/// What was observed in one scope.
pub(super) enum Schemas {
    ByName(BTreeMap<String, Types>),
    Whole(Types),
}

/// All that a server tells.
pub(super) struct Seen {
    pub(super) scopes: Vec<(Observed, Schemas)>,
}

impl Seen {
    pub(super) async fn ask(client: &Client) -> Result<Self, PlanError> {
        let mut scopes = Vec::new();
        for scope in Observed::ALL {
            if let Some(answer) = client.observed(scope.path()).await? {
                scopes.push((scope, Schemas::read(&answer, scope)?));
            }
        }
        if scopes.is_empty() {
            for scope in Observed::ALL {
                if let Some(path) = scope.older_path()
                    && let Some(answer) = client.observed(path).await?
                {
                    scopes.push((scope, Schemas::read(&answer, scope)?));
                }
            }
        }
        if scopes.is_empty() {
            return Err(PlanError::new(
                PlanErrorKind::Server,
                "the server tells nothing of what it has observed: it knows neither of the two generations of management routes, or not this project",
            ));
        }
        Ok(Self { scopes })
    }
}

#[derive(Deserialize)]
struct Results<T> {
    results: Vec<T>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    #[serde(default)]
    schema: Vec<At>,
}

#[derive(Deserialize)]
struct At {
    path: String,
    types: BTreeSet<String>,
}

impl Schemas {
    pub(super) fn read(answer: &[u8], scope: Observed) -> Result<Self, PlanError> {
        if scope.is_by_name() {
            let Results::<Named> { results } = parse(answer)?;
            let named = results
                .into_iter()
                .map(|named| (named.name, types(named.schema)));
            return Ok(Self::ByName(named.collect()));
        }
        let Results::<At> { results } = parse(answer)?;
        Ok(Self::Whole(types(results)))
    }
}

fn parse<T: for<'de> Deserialize<'de>>(answer: &[u8]) -> Result<T, PlanError> {
    serde_json::from_slice(answer).map_err(|error| {
        let message = format!(
            "the server tells what it has observed in a way that this version does not read (line {}, column {})",
            error.line(),
            error.column()
        );
        PlanError::new(PlanErrorKind::Server, message)
    })
}

fn types(schema: Vec<At>) -> Types {
    let mut types = Types::new();
    // Otherwise `.data` is a key like any other.
    let is_prefixed = schema.iter().all(|at| in_data(&at.path).is_some());
    for At { path, types: seen } in schema {
        let inner = in_data(&path).filter(|_| is_prefixed);
        let steps = steps(inner.unwrap_or(&path));
        if !steps.is_empty() {
            types.entry(steps).or_default().extend(seen);
        }
    }
    types
}

/// A path behind `.data`, which servers may put in front of all of them.
fn in_data(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(".data")?;
    (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
}

/// Reads `.items[].sku`. A key that is no plain word stands as `["a key"]`.
fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix("[]") {
            steps.push(Step::Item);
            rest = behind;
        } else if let Some((key, behind)) = quoted(rest) {
            steps.push(Step::Key(key));
            rest = behind;
        } else {
            let word = rest.strip_prefix('.').unwrap_or(rest);
            let end = word.find(['.', '[']).unwrap_or(word.len());
            // A path that is not understood goes on as a word.
            let end = if end == 0 { word.len() } else { end };
            let (key, behind) = word.split_at(end);
            if !key.is_empty() {
                steps.push(Step::Key(key.to_owned()));
            }
            rest = behind;
        }
    }
    steps
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix("[\"")?;
    let mut escaped = false;
    let end = inner.find(|letter| {
        let ends = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends
    })?;
    let behind = inner[end..].strip_prefix("\"]")?;
    let key = Json::read(&text[1..end + 3]).ok()?;
    Some((key.as_text()?.to_owned(), behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_in_every_spelling() {
        let key = |key: &str| Step::Key(key.to_owned());
        for (path, wanted) in [
            (".amount", vec![key("amount")]),
            ("amount", vec![key("amount")]),
            (".items[].sku", vec![key("items"), Step::Item, key("sku")]),
            (".items[][]", vec![key("items"), Step::Item, Step::Item]),
            ("[\"a.b \\\"c\\\"\"].d", vec![key("a.b \"c\""), key("d")]),
            ("", vec![]),
        ] {
            assert_eq!(steps(path), wanted, "{path}");
        }
        let paths = |paths: &[&str]| {
            let schema = paths.iter().map(|path| At {
                path: (*path).to_owned(),
                types: BTreeSet::new(),
            });
            types(schema.collect()).into_keys().collect::<Vec<_>>()
        };
        assert_eq!(paths(&[".data", ".data.a"]), [vec![key("a")]]);
        assert_eq!(
            paths(&[".data.a", ".database"]),
            [vec![key("data"), key("a")], vec![key("database")]]
        );
        for odd in ["..", "[", "[\"", ".a..b", "[\"a\\"] {
            steps(odd);
        }
    }
}
