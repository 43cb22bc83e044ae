//! The schemas that a server has observed, as its management routes return them.

use crate::client::Client;
use crate::error::Error;
use crate::plan::error::{PlanError, PlanErrorKind};
use crate::wire::management::Observed;
use bytes::Bytes;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::plan) enum Step {
    Key(String),
    Item,
}

impl Step {
    pub(in crate::plan) fn name(&self) -> &str {
        match self {
            Self::Key(key) => key,
            Self::Item => "",
        }
    }
}

/// From the data of an event or of a subject to a value in it.
pub(super) type Path = [Step];

/// The types that were observed at each path.
pub(in crate::plan) type Types = BTreeMap<Vec<Step>, BTreeSet<String>>;

/// The schemas of one scope.
pub(in crate::plan) enum Schemas {
    ByName(BTreeMap<String, Types>),
    ByPath(Types),
}

/// Fetches the observed schemas of every scope that the server knows: from the newer management
/// routes, or from the older ones if the newer ones do not exist.
pub(super) async fn fetch(client: &Client) -> Result<Vec<(Observed, Schemas)>, PlanError> {
    let mut scopes = Vec::new();
    for scope in Observed::ALL {
        if let Some(body) = get(client, scope.path()).await? {
            scopes.push((scope, Schemas::read(&body, scope)?));
        }
    }
    if scopes.is_empty() {
        for scope in Observed::ALL {
            if let Some(path) = scope.older_path()
                && let Some(body) = get(client, path).await?
            {
                scopes.push((scope, Schemas::read(&body, scope)?));
            }
        }
    }
    if scopes.is_empty() {
        return Err(PlanError::new(
            PlanErrorKind::Server,
            "the server returns no observed schemas: it has neither generation of management routes, or does not know this project",
        ));
    }
    Ok(scopes)
}

/// The response of a management route; `None` if the server does not have it.
async fn get(client: &Client, path: &str) -> Result<Option<Bytes>, PlanError> {
    let failed = |error: Error| {
        PlanError::new(
            PlanErrorKind::Server,
            format!("cannot fetch the observed schemas: {error}"),
        )
    };
    let transport = client.transport().map_err(failed)?;
    let answer = transport.observed(path).await.map_err(failed)?;
    Ok(answer.map(|answer| answer.body))
}

#[derive(Deserialize)]
struct Results<T> {
    results: Vec<T>,
}

#[derive(Deserialize)]
struct NamedSchema {
    name: String,
    #[serde(default)]
    schema: Vec<ObservedPath>,
}

#[derive(Deserialize)]
struct ObservedPath {
    path: String,
    types: BTreeSet<String>,
}

impl Schemas {
    pub(in crate::plan) fn read(body: &[u8], scope: Observed) -> Result<Self, PlanError> {
        if scope.is_by_name() {
            let Results::<NamedSchema> { results } = parse(body)?;
            let named = results
                .into_iter()
                .map(|named| (named.name, types(named.schema)));
            return Ok(Self::ByName(named.collect()));
        }
        let Results::<ObservedPath> { results } = parse(body)?;
        Ok(Self::ByPath(types(results)))
    }
}

fn parse<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, PlanError> {
    serde_json::from_slice(body).map_err(|error| {
        let message = format!(
            "unexpected response of a management route (JSON error at line {}, column {})",
            error.line(),
            error.column()
        );
        PlanError::new(PlanErrorKind::Server, message)
    })
}

fn types(paths: Vec<ObservedPath>) -> Types {
    let mut types = Types::new();
    // Servers may put `.data` before every path; if only some paths have it, it is a key.
    let is_prefixed = paths.iter().all(|it| in_data(&it.path).is_some());
    for ObservedPath {
        path,
        types: observed,
    } in paths
    {
        let inner = in_data(&path).filter(|_| is_prefixed);
        let steps = steps(inner.unwrap_or(&path));
        if !steps.is_empty() {
            types.entry(steps).or_default().extend(observed);
        }
    }
    types
}

/// The path after a leading `.data`.
fn in_data(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(".data")?;
    (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
}

/// Parses `.items[].sku`. A key that is not a plain word is written as `["a key"]`.
fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("[]") {
            steps.push(Step::Item);
            rest = after;
        } else if let Some((key, after)) = quoted(rest) {
            steps.push(Step::Key(key));
            rest = after;
        } else {
            let word = rest.strip_prefix('.').unwrap_or(rest);
            let end = word.find(['.', '[']).unwrap_or(word.len());
            // The rest of a malformed path is taken as one key.
            let end = if end == 0 { word.len() } else { end };
            let (key, after) = word.split_at(end);
            if !key.is_empty() {
                steps.push(Step::Key(key.to_owned()));
            }
            rest = after;
        }
    }
    steps
}

/// Splits `["a key"]` off the start of a path.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('[').filter(|it| it.starts_with('"'))?;
    let mut strings = serde_json::Deserializer::from_str(inside).into_iter::<String>();
    let key = strings.next()?.ok()?;
    let after = inside[strings.byte_offset()..].strip_prefix(']')?;
    Some((key, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_path_is_parsed() {
        let key = |key: &str| Step::Key(key.to_owned());
        for (path, expected) in [
            (".amount", vec![key("amount")]),
            ("amount", vec![key("amount")]),
            (".items[].sku", vec![key("items"), Step::Item, key("sku")]),
            (".items[][]", vec![key("items"), Step::Item, Step::Item]),
            ("[\"a.b \\\"c\\\"\"].d", vec![key("a.b \"c\""), key("d")]),
            ("", vec![]),
        ] {
            assert_eq!(steps(path), expected, "{path}");
        }
        let paths = |paths: &[&str]| {
            let schema = paths.iter().map(|path| ObservedPath {
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
        for malformed in ["..", "[", "[\"", ".a..b", "[\"a\\", "[1]", "[\"a\" ]"] {
            steps(malformed);
        }
    }
}
