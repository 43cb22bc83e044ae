//! The vocabulary of the API: its operations and routes, its kinds of subject and of credential,
//! the meaning of a request's outcome, and how long to pause before a retry. The ground floor of
//! the crate: pure values, without I/O and without error types.

mod backoff;
mod credential;
mod family;
#[cfg(any(feature = "plan", feature = "testing"))]
pub(crate) mod management;
pub mod operation;
mod outcome;

pub(crate) use backoff::{Backoff, fraction};
pub(crate) use credential::Credential;
pub(crate) use family::Family;
pub(crate) use lunogram_core::subject::SubjectKind;
pub(crate) use operation::{Operation, Repeat};
pub(crate) use outcome::{Class, Outcome, StatusMeaning};
