//! The errors of the store's operations.

use super::columns::Unstorable;
use crate::wire::SubjectKind;

/// Why an operation changed nothing, or why a batch of events stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreError {
    /// No subject of this kind has any of the identifiers.
    UnknownSubject(SubjectKind),
    /// The project has never had a schedule of this name.
    UnknownSchedule,
    /// The identifiers belong to different subjects.
    Conflict,
    /// The database does not store a value of the request.
    Unstorable(Unstorable),
    /// An event with both `identifier` and `match`.
    BothTargets,
    /// An event with neither `identifier` nor `match`.
    NoTarget,
    /// The interval is not positive, or `PostgreSQL` would refuse it.
    InvalidInterval,
    /// A schedule with neither `scheduled_at` nor `interval`.
    MissingScheduledAt,
}

impl From<Unstorable> for StoreError {
    fn from(unstorable: Unstorable) -> Self {
        Self::Unstorable(unstorable)
    }
}
