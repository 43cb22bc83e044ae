//! The error of every rule.

use crate::ProblemKind;
use std::borrow::Cow;
use std::fmt;

/// Why a value breaks a rule, and what to write instead.
///
/// The message makes sense both alone, below a literal, and after a path (`timezone: unknown time
/// zone; …`). It may contain a name, which is not secret, but never a value.
///
/// In an application, `?` converts it to a `lunogram::Error` of the kind `Invalid`.
///
/// ```
/// let violation = lunogram_rules::email::check("jane").unwrap_err();
/// assert_eq!(
///     violation.to_string(),
///     "not an email address: it has no `@`; write one such as `jane@example.com`",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    kind: ProblemKind,
    message: Cow<'static, str>,
}

impl Violation {
    /// A violation with a constant message.
    #[doc(hidden)]
    #[must_use]
    pub const fn fixed(kind: ProblemKind, message: &'static str) -> Self {
        Self {
            kind,
            message: Cow::Borrowed(message),
        }
    }

    /// A violation whose message contains a name or a proposal.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(kind: ProblemKind, message: String) -> Self {
        Self {
            kind,
            message: Cow::Owned(message),
        }
    }

    /// The kind of problem, to branch on.
    #[must_use]
    pub const fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// The description of the problem, with a valid alternative.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Violation {}
