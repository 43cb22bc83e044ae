//! An embedded server to test applications against (feature `testing`).
//!
//! [`Server`] speaks HTTP on a loopback port and implements the contract of the Client API:
//! identities and their conflicts, shallow merges, versions, JSONB `match`, schedules, inboxes,
//! statuses and problems, on both route families. The platform answers some requests with 202 and
//! then loses them, such as an event of a user that was never upserted. The server collects these
//! in [`Server::lost`], so that a test can assert on them.
//!
//! ```
//! use lunogram::testing::Server;
//! use lunogram::{LunogramEvent, UpsertUserRequest};
//!
//! #[derive(LunogramEvent)]
//! struct SignedUp<'a> {
//!     #[lunogram(external_id)]
//!     user: &'a str,
//!     plan: &'a str,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::start()?;
//! let client = server.client();
//! client.send(&SignedUp { user: "user_123", plan: "pro" }).await?;
//! // Answered with 202, and lost: user_123 was never upserted.
//! assert_eq!(server.lost().len(), 1);
//!
//! client.upsert_user(&UpsertUserRequest::new("user_123")).await?;
//! client.send(&SignedUp { user: "user_123", plan: "pro" }).await?;
//! assert_eq!(server.events::<SignedUp>()[0].data["plan"], "pro");
//! # Ok(())
//! # }
//! ```
//!
//! [`guide::testing`](crate::guide::testing) shows how to test an application with it.
//!
//! With a [`Clock`], client and server follow the time of the test: no test waits for a batch to
//! close or for a pause to end.
//!
//! By default the server has no limits; [`ServerBuilder::as_deployed`] gives it those of a deployed
//! one.
//!
//! [`ServerBuilder::page`] (feature `page`) shows the server's data live in a browser on the same
//! machine, during development or while a test stands at a breakpoint.
//!
//! | Request | Behaviour of the server |
//! |---|---|
//! | a path that the server does not have | 200 with a web page; see [`UnknownPaths`] and [`Families`] |
//! | a body whose `content-type` is not JSON | 400 |
//! | an API key in a request with an `Origin`, as browsers send it | 401 |
//! | identifiers that belong to different subjects | 500, and nothing changes |
//! | U+0000 in any text, or a text longer than its column | 500 for an upsert or a device, and nothing changes; 202 for an event, schedule or message, and it is in [`Server::lost`] |
//! | an event or schedule of an unknown user | 202, and it is in [`Server::lost`] |
//! | an event of an unknown organization | 202, and it is in [`Server::lost`] |
//! | an event with both or neither of `identifier` and `match` | 400; the events before it in the batch are processed |
//! | a malformed event, or one that is not on the allow-list | 400 or 403; no event of the batch is processed |
//! | a schedule with `interval` and `scheduled_at` | recurring; the response has `scheduled_at` |
//! | a schedule's name for the second time | key-scoped routes update the assignment: its `data` is replaced or removed, and its `interval` stays until another is sent; project-scoped routes add one |
//! | a message to the inbox of an unknown subject, or one that the platform cannot store | 202, and it is in [`Server::lost`] |
//! | a message with a known identifier, to the same subject by the same channel | 202, and nothing changes |
//! | marking a message that is not in the inbox | 202, and it is in [`Server::lost`] |
//! | deleting a schedule that the subject does not have, by an id or by a name that exists in the project | 200 |
//! | a page after the end of an inbox | 200, with a `total` of 0 |
//! | the inbox of an empty `source` | 404 |
//! | a device of an unknown user | 404, whatever else is wrong with it |
//! | a device's id for the second time for its user | the device is replaced |
//! | minting a session for an unknown user | 201; the token expires after an hour, or at [`Server::expire_sessions`] |
//! | minting a session with a session's token | 403 |
//! | a session's request about a user | it is bound to the session's own identifier, whatever identifiers it names; see [`SessionData`] |
//! | a session's event with a `match`, or its request about an organization | 403 |
//! | `GET` of a management route, such as `/api/admin/projects/{id}/subjects/user/events/schema` | the types at each path of the accepted data, lost or not |
//! | an integer beyond ±2^53 | stored as the nearest double |
//! | a body of more than 5 MiB | 413 |
//! | a body nested more than 10,000 levels deep | 400; otherwise, arrays and objects below the 300th level are read as `null` |
//! | bytes that are not UTF-8, or half of a surrogate pair | read as U+FFFD |

mod api;
mod clock;
#[cfg(feature = "page")]
mod page;
mod recorder;
mod server;
mod store;

#[cfg(test)]
mod tests;

pub use api::{
    Families, Fault, Limits, Management, RecordedRequest, RequestLog, SessionData, UnknownPaths,
};
pub use clock::Clock;
pub use recorder::{RecordedTraits, Recorder};
pub use server::{Counts, Received, Server, ServerBuilder};
pub use store::{
    EventTarget, Lost, LostKind, ReceivedEvent, SentIdentifier, StoredDevice, StoredInboxMessage,
    StoredMember, StoredOrganization, StoredPush, StoredSchedule, StoredSession, StoredUser,
};
