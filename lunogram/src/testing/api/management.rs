//! The read-only management routes: the schemas that the server has observed, in one of two
//! generations.

use super::access::{Access, Caller};
use super::response::ApiResponse;
use super::routes::Family;
use crate::testing::store::{Store, Types};
use crate::wire::management::Observed;
use chrono::{DateTime, Utc};
use http::{Method, StatusCode, request::Parts};
use serde_json::{Value, json};

/// The generation of the management routes, for
/// [`ServerBuilder::management`](crate::testing::ServerBuilder::management).
///
/// In the paths that both report, a key with other characters than letters, digits, `_` and `-` is
/// written as a JSON string: `.data["two words"]`.
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
    /// Users, organizations, members, their events, and users' schedules; each path starts with
    /// `.data`.
    #[default]
    Newer,
    /// Users and their events; paths are relative to the data.
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

/// Answers a request to a management route; `None` for any other path.
pub(super) fn answer(
    store: &Store,
    access: &Access,
    request: &Parts,
    now: DateTime<Utc>,
) -> Option<ApiResponse> {
    let path = request.uri.path().strip_prefix("/api/admin/projects/")?;
    let (project, route) = path.split_at(path.find('/')?);
    let generation = access.management;
    let scope = Observed::ALL
        .into_iter()
        .find(|scope| generation.path(*scope) == Some(route))?;
    if request.method != Method::GET {
        return Some(ApiResponse::method_not_allowed());
    }
    let family = Family::ProjectScoped(project);
    match access.admit(family, &request.headers, store, now) {
        Ok(Caller::Key) => {}
        Ok(Caller::Session | Caller::SessionOf(_)) => {
            return Some(ApiResponse::forbidden(
                "an API key is required to read schemas",
            ));
        }
        Err(response) => return Some(response),
    }
    let prefix = generation.prefix();
    let results: Vec<Value> = if scope.is_by_name() {
        store
            .schemas_by_name(scope)
            .map(|(id, name, types)| json!({"id": id, "name": name, "schema": schema(prefix, types)}))
            .collect()
    } else {
        schema(prefix, &store.schema(scope))
    };
    Some(ApiResponse::json(
        StatusCode::OK,
        json!({"results": results}),
    ))
}

fn schema(prefix: &str, types: &Types) -> Vec<Value> {
    let paths = types.iter();
    paths
        .map(|(path, types)| json!({"path": format!("{prefix}{path}"), "types": types}))
        .collect()
}
