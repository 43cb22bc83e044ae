//! The report of a shutdown about the deliveries that it covers: those of the projects and sessions
//! made from a client.

use super::stats::Stats;
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
#[derive(Clone, Copy, Debug)]
pub(super) struct Undelivered {
    made_by: MadeBy,
    count: u64,
    is_held: bool,
}

impl Undelivered {
    pub(super) fn new(made_by: MadeBy, count: u64, stats: &Stats) -> Self {
        Self {
            made_by,
            count,
            is_held: stats.is_held(),
        }
    }

    /// # Errors
    /// If one of the deliveries had undelivered payloads. One that was suspended is named first:
    /// more time would not have helped it.
    pub(super) fn check(all: &[Self]) -> Result<(), Error> {
        let mut failed = all.iter().filter(|one| one.count > 0);
        let held = failed.clone().find(|one| one.is_held);
        match held.or_else(|| failed.next()) {
            None => Ok(()),
            Some(one) => Err(one.error()),
        }
    }

    fn error(self) -> Error {
        let Self {
            made_by,
            count,
            is_held,
        } = self;
        if is_held {
            let key = match made_by {
                MadeBy::ForProject => "the key and the project that were passed to it",
                MadeBy::WithSession => "whether its token has expired",
            };
            let message = format!(
                "delivery of {made_by} was suspended until the shutdown, with undelivered items ({count}); check {key}"
            );
            return Error::new(ErrorKind::Unauthorized, Outcome::Answered(401), message);
        }
        let message = format!(
            "{made_by} still had undelivered items ({count}) at the deadline; its `stats` has the counts"
        );
        // An item that was being sent may have arrived.
        Error::new(ErrorKind::ShutDown, Outcome::Lost, message)
    }
}
