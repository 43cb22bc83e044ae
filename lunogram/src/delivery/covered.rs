//! The report of a shutdown about the deliveries that it covers: those of the projects and sessions
//! made from a client.

use super::control::Control;
use crate::error::{Error, ErrorKind};
use crate::wire::Outcome;
use std::fmt;

/// The method by which a client has made another, or a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MadeBy {
    ForProject,
    WithSession,
}

impl fmt::Display for MadeBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ForProject => "a client from `for_project`",
            Self::WithSession => "a session from `with_session`",
        })
    }
}

/// The payloads that a covered delivery had not delivered when it ended.
#[derive(Debug)]
pub(super) struct Undelivered {
    made_by: MadeBy,
    count: u64,
    /// If the delivery was suspended.
    suspended: Option<Error>,
}

impl Undelivered {
    pub(super) fn new(made_by: MadeBy, count: u64, control: &Control) -> Self {
        let state = || {
            format!(
                "delivery of {made_by} was suspended until the shutdown, with undelivered items ({count})"
            )
        };
        Self {
            made_by,
            count,
            suspended: control.suspension(state),
        }
    }

    /// # Errors
    /// If one of the deliveries had undelivered payloads. One that was suspended is named first:
    /// more time would not have helped it.
    pub(super) fn check(all: Vec<Self>) -> Result<(), Error> {
        let mut failed = all.into_iter().filter(|one| one.count > 0);
        let Some(mut first) = failed.next() else {
            return Ok(());
        };
        let suspended = first.suspended.take();
        let suspended = suspended.or_else(|| failed.find_map(|one| one.suspended));
        Err(suspended.unwrap_or_else(|| first.late()))
    }

    fn late(&self) -> Error {
        let Self { made_by, count, .. } = self;
        let message = format!(
            "{made_by} still had undelivered items ({count}) at the deadline; its `stats` has the counts"
        );
        // An item that was being sent may have arrived.
        Error::new(ErrorKind::ShutDown, Outcome::Lost, message)
    }
}
