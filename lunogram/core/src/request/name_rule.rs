//! The rule for names that are known only at run time.

/// Which rule such a name has to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameRule {
    /// Lower `snake_case` words joined by dots.
    SnakeCase,
    /// An old name, sent as it is.
    Raw,
}

impl NameRule {
    pub(super) fn raw_if(is_raw: bool) -> Self {
        if is_raw { Self::Raw } else { Self::SnakeCase }
    }
}
