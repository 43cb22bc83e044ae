//! The kinds of queued payloads.

use crate::wire::SubjectKind;

/// The kind of a payload: an event about, or an upsert of, a user or an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PayloadKind {
    Event(SubjectKind),
    Upsert(SubjectKind),
}

impl PayloadKind {
    /// The kind of its subject.
    #[cfg(feature = "spool")]
    pub(super) fn subject(self) -> SubjectKind {
        let (Self::Event(kind) | Self::Upsert(kind)) = self;
        kind
    }
}

/// Whether a payload on disk was shown to `before_send` before it was written.
#[cfg(feature = "spool")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Yes,
    No,
}

/// The name under which `on_drop` and the log report a dropped upsert.
pub(super) fn upsert_name(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::User => "user",
        SubjectKind::Organization => "organization",
    }
}
