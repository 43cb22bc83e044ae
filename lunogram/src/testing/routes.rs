//! Which path and method mean which operation: the client's table, read backwards.

use super::store::Assignments;
use crate::transport::Operation;
use http::Method;

/// The family that a path belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family<'a> {
    /// `/api/client/…`
    KeyScoped,
    /// `/api/client/projects/{project_id}/…`, with the id as the path has it.
    ProjectScoped(&'a str),
}

impl Family<'_> {
    /// How schedules are told apart on this family's servers.
    pub(super) fn assignments(self) -> Assignments {
        match self {
            Self::KeyScoped => Assignments::ByName,
            Self::ProjectScoped(_) => Assignments::ById,
        }
    }
}

/// Where a request leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    To(Family<'a>, Operation),
    /// The path exists, for these methods only.
    WrongMethod(Vec<Method>),
    Unknown,
}

pub(super) fn route<'a>(method: &Method, path: &'a str) -> Route<'a> {
    let Some(rest) = path.strip_prefix("/api/client/") else {
        return Route::Unknown;
    };
    let (family, name) = match rest
        .strip_prefix("projects/")
        .and_then(|rest| rest.split_once('/'))
    {
        Some((project, name)) => (Family::ProjectScoped(project), name),
        None => (Family::KeyScoped, rest),
    };
    let mut methods = Vec::new();
    for operation in Operation::ALL {
        let known = operation.route();
        if known.path.strip_prefix('/') == Some(name) {
            if known.method == *method {
                return Route::To(family, operation);
            }
            methods.push(known.method);
        }
    }
    if methods.is_empty() {
        Route::Unknown
    } else {
        Route::WrongMethod(methods)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_families_lead_to_every_operation() {
        for operation in Operation::ALL {
            let known = operation.route();
            let path = format!("/api/client{}", known.path);
            assert_eq!(
                route(&known.method, &path),
                Route::To(Family::KeyScoped, operation)
            );
            let path = format!("/api/client/projects/p{}", known.path);
            assert_eq!(
                route(&known.method, &path),
                Route::To(Family::ProjectScoped("p"), operation)
            );
        }
    }

    #[test]
    fn a_known_path_names_its_methods() {
        assert_eq!(
            route(&Method::GET, "/api/client/users"),
            Route::WrongMethod(vec![Method::POST, Method::DELETE])
        );
    }

    #[test]
    fn anything_else_is_unknown() {
        for path in [
            "/",
            "/api/client",
            "/api/client/",
            "/api/client/users/",
            "/api/client/user",
            "/client/users",
            "/api/client/projects/users",
            "/api/client/projects/p/q/users",
            "/api/admin/users",
        ] {
            assert_eq!(route(&Method::POST, path), Route::Unknown, "{path}");
        }
    }
}
