//! The problems of a payload, each with its path.

pub use lunogram_rules::ProblemKind;

use crate::subject_kind::SubjectKind;
use lunogram_rules::Violation;
use std::fmt;

/// One problem of a payload, with its path.
///
/// Branch on its [`kind`](Self::kind), and show its message to people. The message never repeats
/// the refused value, which may be a secret.
///
/// ```
/// use lunogram::{AnyTraits, ProblemKind, UpsertUserRequest};
///
/// let invalid = UpsertUserRequest::new("user_123").phone("0612345678").check().unwrap_err();
/// let problem = &invalid.problems()[0];
/// assert_eq!(problem.path(), "phone");
/// assert_eq!(problem.kind(), ProblemKind::Phone);
/// assert!(!problem.message().contains("0612345678"));
/// assert_eq!(problem.to_string(), format!("phone: {}", problem.message()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    path: String,
    violation: Violation,
}

impl Problem {
    #[doc(hidden)]
    pub fn new(path: impl Into<String>, violation: Violation) -> Self {
        Self {
            path: path.into(),
            violation,
        }
    }

    /// The kind of problem, to branch on.
    ///
    /// ```
    /// use lunogram::{AnyEvent, Event, ProblemKind};
    ///
    /// /// An event of an import. Old names are sent as they are.
    /// fn imported(name: &'static str, user: &str) -> Event {
    ///     let event = Event::new(name).to(user);
    ///     let invalid = event.check().err();
    ///     let mut problems = invalid.iter().flat_map(|invalid| invalid.problems());
    ///     if problems.any(|problem| problem.kind() == ProblemKind::NotSnakeCase) {
    ///         return event.raw_name();
    ///     }
    ///     event
    /// }
    ///
    /// assert_eq!(imported("signed_up", "u"), Event::new("signed_up").to("u"));
    /// assert_eq!(imported("Signed Up", "u"), Event::new("Signed Up").raw_name().to("u"));
    /// ```
    #[must_use]
    pub fn kind(&self) -> ProblemKind {
        self.violation.kind()
    }

    /// The path in the payload as sent: `data.items[2].price`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The description of the problem, with a valid alternative.
    #[must_use]
    pub fn message(&self) -> &str {
        self.violation.message()
    }

    /// The same problem with its path below `prefix`.
    #[doc(hidden)]
    #[must_use]
    pub fn under(&self, prefix: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') {
            ""
        } else {
            "."
        };
        Self {
            path: format!("{prefix}{separator}{}", self.path),
            violation: self.violation.clone(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            self.violation.fmt(f)
        } else {
            write!(f, "{}: {}", self.path, self.violation)
        }
    }
}

/// The kinds of payload, as named in messages.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the names describe them")]
#[non_exhaustive]
pub enum Payload<'n> {
    Event(&'n str),
    Events,
    User,
    Organization,
    Membership,
    Schedule(&'n str),
    Device,
    Session,
    InboxMessages,
    InboxMarks,
    InboxQuery,
    Identifier,
    Identifiers,
}

impl Payload<'_> {
    /// The upsert of a user or an organization.
    #[must_use]
    pub fn upsert(of: SubjectKind) -> Self {
        match of {
            SubjectKind::User => Self::User,
            SubjectKind::Organization => Self::Organization,
        }
    }
}

impl fmt::Display for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(name) => write!(f, "event `{name}`"),
            Self::Events => f.write_str("batch of events"),
            Self::User => f.write_str("user"),
            Self::Organization => f.write_str("organization"),
            Self::Membership => f.write_str("membership"),
            Self::Schedule(name) => write!(f, "schedule `{name}`"),
            Self::Device => f.write_str("device"),
            Self::Session => f.write_str("session"),
            Self::InboxMessages => f.write_str("batch of inbox messages"),
            Self::InboxMarks => f.write_str("batch of marks"),
            Self::InboxQuery => f.write_str("inbox query"),
            Self::Identifier => f.write_str("identifier"),
            Self::Identifiers => f.write_str("list of identifiers"),
        }
    }
}

/// A payload that was refused before anything left the process, with all of its problems.
///
/// ```
/// use lunogram::{AnyTraits, UpsertUserRequest};
///
/// let invalid = UpsertUserRequest::new("").email("jane").check().unwrap_err();
/// assert_eq!(invalid.payload(), "user");
/// assert_eq!(invalid.problems().len(), 2);
/// println!("{invalid}"); // user was not sent: identifier[0].external_id: …; email: …
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    payload: String,
    problems: Vec<Problem>,
}

impl Invalid {
    #[doc(hidden)]
    #[must_use]
    pub fn new(payload: Payload<'_>, problems: Vec<Problem>) -> Self {
        Self {
            payload: payload.to_string(),
            problems,
        }
    }

    /// A value that was refused on its own, before it was part of a payload.
    #[doc(hidden)]
    #[must_use]
    pub fn of_value(violation: Violation) -> Self {
        Self {
            payload: String::new(),
            problems: vec![Problem::new("", violation)],
        }
    }

    /// The refused payload: ``event `purchase_completed` ``, `user`, `schedule`…
    #[must_use]
    pub fn payload(&self) -> &str {
        &self.payload
    }

    /// Every problem of the payload, in the order of its fields.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The problem of a value that has no payload yet says everything.
        if !self.payload.is_empty() {
            write!(f, "{} was not sent: ", self.payload)?;
        }
        for (index, problem) in self.problems.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "; " })?;
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}
