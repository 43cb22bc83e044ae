//! The error of every rule.

use std::borrow::Cow;
use std::fmt;

/// Why a value breaks a rule, and what to write instead.
///
/// The message makes sense both alone, below a literal, and after a path (`timezone: unknown time
/// zone; …`). It may contain a name, which is not secret, but never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation(Cow<'static, str>);

impl Violation {
    pub(crate) const fn fixed(message: &'static str) -> Self {
        Self(Cow::Borrowed(message))
    }

    pub(crate) const fn new(message: String) -> Self {
        Self(Cow::Owned(message))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Violation {}
