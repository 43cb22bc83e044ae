//! Which path and method mean which operation: the client's table, read backwards.

use super::fields::Malformed;
use super::store::Assignments;
use crate::transport::Operation;
use http::Method;
use uuid::Uuid;

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

/// An operation, and what the path says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target<'a> {
    pub(super) family: Family<'a>,
    pub(super) operation: Operation,
    pub(super) parameter: Option<Parameter<'a>>,
}

/// A segment in the place of the braces in an operation's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parameter<'a> {
    /// What stands between the braces.
    name: &'static str,
    /// What the request has there.
    text: &'a str,
}

impl Parameter<'_> {
    pub(super) fn uuid(self) -> Result<Uuid, Malformed> {
        Uuid::try_parse(self.text).map_err(|_| Malformed::in_path(self.name, "must be a UUID"))
    }
}

impl<'a> Target<'a> {
    /// The operation, where `name` has the form of its path.
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

/// Where a request leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    To(Target<'a>),
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
        if let Some(target) = Target::find(family, operation, name) {
            let known = operation.route().method;
            if known == *method {
                return Route::To(target);
            }
            methods.push(known);
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

    /// Where a request of `operation` to `path` is to lead.
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
    fn both_families_lead_to_every_operation() {
        for operation in Operation::ALL {
            let known = operation.route();
            let name = known.path.replace("{auth_method_id}", "id-%7B7");
            let path = format!("/api/client{name}");
            let expected = to(Family::KeyScoped, operation, &path);
            assert_eq!(route(&known.method, &path), expected);
            let path = format!("/api/client/projects/p{name}");
            let expected = to(Family::ProjectScoped("p"), operation, &path);
            assert_eq!(route(&known.method, &path), expected);
        }
    }

    #[test]
    fn a_parameter_is_a_uuid() {
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
    fn a_parameter_is_one_segment() {
        assert_eq!(
            route(&Method::GET, "/api/client/auth-methods/7/sessions"),
            Route::WrongMethod(vec![Method::POST])
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
