//! What an operation refuses to do.

use super::SubjectKind;

/// Why an operation changed nothing; for a batch of events, why it went no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The identifiers lead to no subject of this kind.
    NoSubject(SubjectKind),
    /// Nobody in the project has ever been given a schedule of this name.
    NoSchedule,
    /// The identifiers lead to different subjects.
    Conflict,
    /// An event with both `identifier` and `match`.
    BothTargets,
    /// An event with neither `identifier` nor `match`.
    NoTarget,
    /// `PostgreSQL` would refuse the interval, or it is not positive.
    BadInterval,
    /// A schedule with neither `scheduled_at` nor `interval`.
    NoMoment,
}
