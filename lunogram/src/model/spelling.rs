//! Names that are known only at run time.

/// Which rule such a name keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// Lower `snake_case` words joined by dots.
    Words,
    /// An old name, kept as it is.
    AsItIs,
}
