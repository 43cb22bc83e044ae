//! The management routes, which tell what was learned of the data: read only, and of one generation.

use super::access::{Access, Caller};
use super::answer::Answer;
use super::routes::Family;
use super::store::{Store, Types};
use crate::wire::management::Observed;
use chrono::{DateTime, Utc};
use http::{Method, StatusCode, request::Parts};
use serde_json::{Value, json};

/// Which generation of management routes a server has; a key that is no plain word stands in their paths as a JSON string,
/// `.data["two words"]`. See [`ServerBuilder::management`](super::ServerBuilder::management).
///
/// ```
/// use lunogram::testing::{Management, Server};
///
/// let server = Server::builder().management(Management::Older).start()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Management {
    /// Routes of users, organizations, members, their events and users' schedules, with `.data` in front of each path.
    #[default]
    Newer,
    /// Routes of users and their events, with paths that start in the data.
    Older,
}

impl Management {
    fn path(self, scope: Observed) -> Option<&'static str> {
        match self {
            Self::Newer => Some(scope.path()),
            Self::Older => scope.older_path(),
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Newer => ".data",
            Self::Older => "",
        }
    }
}

/// Answers where the path is a management route's.
pub(super) fn answer(
    store: &Store,
    access: &Access,
    request: &Parts,
    now: DateTime<Utc>,
) -> Option<Answer> {
    let path = request.uri.path().strip_prefix("/api/admin/projects/")?;
    let (project, route) = path.split_at(path.find('/')?);
    let generation = access.management;
    let scope = Observed::ALL
        .into_iter()
        .find(|scope| generation.path(*scope) == Some(route))?;
    if request.method != Method::GET {
        return Some(Answer::method_not_allowed());
    }
    let family = Family::ProjectScoped(project);
    match access.admit(family, &request.headers, store, now) {
        Ok(Caller::Key) => {}
        Ok(Caller::Session) => {
            return Some(Answer::forbidden("an API key is required to read schemas"));
        }
        Err(refused) => return Some(refused),
    }
    let prefix = generation.prefix();
    let results: Vec<Value> = if scope.is_by_name() {
        store
            .schemas_by_name(scope)
            .map(|(id, name, types)| json!({"id": id, "name": name, "schema": listed(prefix, types)}))
            .collect()
    } else {
        listed(prefix, &store.schema(scope))
    };
    Some(Answer::json(StatusCode::OK, json!({"results": results})))
}

fn listed(prefix: &str, types: &Types) -> Vec<Value> {
    let paths = types.iter();
    paths
        .map(|(path, types)| json!({"path": format!("{prefix}{path}"), "types": types}))
        .collect()
}
