//! Maps a method and path to an operation, by the client's route table.

use super::fields::Malformed;
use crate::testing::store::ScheduleIdentity;
use crate::wire::Operation;
use http::Method;
use uuid::Uuid;

/// The route family of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::testing) enum Family<'a> {
    /// `/api/client/…`
    KeyScoped,
    /// `/api/client/projects/{project_id}/…`, with the unparsed id.
    ProjectScoped(&'a str),
}

impl Family<'_> {
    /// How servers of this family identify a subject's schedules.
    pub(super) fn schedule_identity(self) -> ScheduleIdentity {
        match self {
            Self::KeyScoped => ScheduleIdentity::ByName,
            Self::ProjectScoped(_) => ScheduleIdentity::ById,
        }
    }
}

/// The operation that a request is routed to, with the parts of its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::testing) struct Target<'a> {
    pub(super) family: Family<'a>,
    pub(in crate::testing) operation: Operation,
    pub(super) parameter: Option<Parameter<'a>>,
}

/// The path segment that fills the braces of an operation's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::testing) struct Parameter<'a> {
    /// The name between the braces.
    name: &'static str,
    /// The request's segment.
    text: &'a str,
}

impl Parameter<'_> {
    pub(super) fn uuid(self) -> Result<Uuid, Malformed> {
        Uuid::try_parse(self.text).map_err(|_| Malformed::in_path(self.name, "must be a UUID"))
    }
}

impl<'a> Target<'a> {
    /// Matches `name`, the path without the family's prefix, against the path of `operation`.
    fn find(family: Family<'a>, operation: Operation, name: &'a str) -> Option<Self> {
        let template = operation.route().path.strip_prefix('/')?;
        let parameter = match template.split_once('{') {
            None if template == name => None,
            None => return None,
            Some((front, rest)) => {
                let (parameter, back) = rest.split_once('}')?;
                let text = name.strip_prefix(front)?.strip_suffix(back)?;
                if text.is_empty() || text.contains('/') {
                    return None;
                }
                Some(Parameter {
                    name: parameter,
                    text,
                })
            }
        };
        Some(Self {
            family,
            operation,
            parameter,
        })
    }
}

/// The result of routing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::testing) enum Route<'a> {
    To(Target<'a>),
    /// The path exists for these methods only.
    WrongMethod(Family<'a>, Vec<Method>),
    Unknown,
}

pub(in crate::testing) fn route<'a>(method: &Method, path: &'a str) -> Route<'a> {
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
        if let Some(target) = Target::find(family, operation, name) {
            let allowed = operation.route().method;
            if allowed == *method {
                return Route::To(target);
            }
            methods.push(allowed);
        }
    }
    if methods.is_empty() {
        Route::Unknown
    } else {
        Route::WrongMethod(family, methods)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected route of `operation` at `path`.
    fn to<'a>(family: Family<'a>, operation: Operation, path: &'a str) -> Route<'a> {
        let mut segments = path.split('/');
        let text = segments.find(|segment| segment.starts_with("id-"));
        let parameter = text.map(|text| Parameter {
            name: "auth_method_id",
            text,
        });
        Route::To(Target {
            family,
            operation,
            parameter,
        })
    }

    #[test]
    fn every_operation_is_routed_in_both_families() {
        for operation in Operation::ALL {
            let table = operation.route();
            let name = table.path.replace("{auth_method_id}", "id-%7B7");
            let path = format!("/api/client{name}");
            let expected = to(Family::KeyScoped, operation, &path);
            assert_eq!(route(&table.method, &path), expected);
            let path = format!("/api/client/projects/p{name}");
            let expected = to(Family::ProjectScoped("p"), operation, &path);
            assert_eq!(route(&table.method, &path), expected);
        }
    }

    #[test]
    fn path_parameter_must_be_a_uuid() {
        let parameter = |text| Parameter {
            name: "auth_method_id",
            text,
        };
        let id = Uuid::from_u128(7);
        let text = id.to_string();
        assert_eq!(parameter(&text).uuid(), Ok(id));
        let wrong = parameter("id-%7B7").uuid();
        assert_eq!(
            wrong.map_err(|malformed| malformed.to_string()),
            Err("parameter \"auth_method_id\" in path must be a UUID".to_owned())
        );
    }

    #[test]
    fn path_parameter_is_one_segment() {
        assert_eq!(
            route(&Method::GET, "/api/client/auth-methods/7/sessions"),
            Route::WrongMethod(Family::KeyScoped, vec![Method::POST])
        );
        for path in [
            "/api/client/auth-methods/sessions",
            "/api/client/auth-methods//sessions",
            "/api/client/auth-methods/7/8/sessions",
            "/api/client/auth-methods/7/sessions/",
            "/api/client/auth-methods/7",
        ] {
            assert_eq!(route(&Method::POST, path), Route::Unknown, "{path}");
        }
    }

    #[test]
    fn wrong_method_lists_the_allowed_ones() {
        assert_eq!(
            route(&Method::GET, "/api/client/users"),
            Route::WrongMethod(Family::KeyScoped, vec![Method::POST, Method::DELETE])
        );
    }

    #[test]
    fn other_paths_are_unknown() {
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
