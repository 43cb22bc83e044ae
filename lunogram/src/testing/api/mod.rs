//! The HTTP API of the embedded server: access, routes, request bodies, responses, injected faults.
//!
//! [`respond`] takes one request from its bytes to its response and records it in [`Shared`]. This
//! room stands on the store and listens on no socket; accepting connections is the server's part.

mod access;
mod body;
mod faults;
mod fields;
mod handler;
mod inbox;
mod json;
mod limits;
mod management;
mod publish;
mod query;
mod record;
mod redaction;
mod respond;
mod response;
mod routes;
mod settings;
mod shared;
mod state;
mod time;
mod vapid;
mod window;

pub use faults::Fault;
pub use limits::Limits;
pub use management::Management;
pub use record::{RecordedRequest, RequestLog};
pub use settings::{Families, SessionData, UnknownPaths};

pub(super) use access::{Access, Keys};
pub(super) use body::sent_events;
#[cfg(feature = "page")]
pub(super) use query::Query;
pub(super) use respond::{Cut, respond};
#[cfg(feature = "page")]
pub(super) use response::timestamp;
#[cfg(feature = "page")]
pub(super) use routes::{Route, route};
pub(super) use shared::{Observers, Shared};
#[cfg(feature = "page")]
pub(super) use state::State;
pub(super) use time::Timing;
