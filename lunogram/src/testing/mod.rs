//! An embedded server to test applications against (feature `testing`).
//!
//! [`Server`] speaks HTTP on a loopback port and keeps the contract of the Client API: identities and their conflicts,
//! shallow merges, versions, JSONB `match`, schedules, inboxes, statuses and problems, on both route families. What the platform
//! loses behind a 202, an event of a user that nobody has upserted, is kept apart and can be asserted:
//! [`Server::lost`].
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
//! // Answered with 202, and lost: nobody has upserted user_123.
//! assert_eq!(server.lost().len(), 1);
//!
//! client.upsert_user(&UpsertUserRequest::new("user_123")).await?;
//! client.send(&SignedUp { user: "user_123", plan: "pro" }).await?;
//! assert_eq!(server.events::<SignedUp>()[0].data["plan"], "pro");
//! # Ok(())
//! # }
//! ```
//!
//! [`guide::testing`](crate::guide::testing) shows how an application is tested with it.
//!
//! What is delivered in the background follows a [`Clock`] where a client is given one, so that no test waits for a batch
//! to leave or for a pause to end.
//!
//! [`ServerBuilder::page`] lets it show what it holds, live, to a browser on the same machine: beside the editor while an
//! application is made, or while a test stands at a breakpoint.
//!
//! | What happens | What the server does |
//! |---|---|
//! | identifiers that belong to different subjects | 500, and nothing changes |
//! | an event or schedule of an unknown user | 202, and it is in [`Server::lost`] |
//! | an event of an unknown organization | 202, and it is in [`Server::lost`] |
//! | an event with both or neither of `identifier` and `match` | 400; the events before it in the batch are in |
//! | a malformed event, or one that is not on the allow-list | 400 or 403; none of the batch is in |
//! | a schedule with `interval` and `scheduled_at` | recurring; the answer carries `scheduled_at` |
//! | a schedule's name sent again | key-scoped routes replace the assignment, project-scoped ones add another |
//! | a message to the inbox of an unknown subject, or one that the platform cannot keep | 202, and it is in [`Server::lost`] |
//! | a message's identifier sent again, to the same subject by the same channel | 202, and nothing changes |
//! | marking a message that is not in the inbox | 202, and it is in [`Server::lost`] |
//! | deleting a schedule that was deleted, or that only others have | 200: its name exists in the project |
//! | a device's id sent again for its user | the device is replaced |
//! | minting a session for an unknown user | 201; the token lasts an hour, or until [`Server::expire_sessions`] |
//! | minting a session with a session's token | 403 |
//! | `GET` of a management route, such as `/api/admin/projects/{id}/subjects/user/events/schema` | the types at each path of what was accepted, lost or not |
//! | an integer beyond ±2^53 | stored as the nearest double |
//! | a body of more than 5 MiB | 413 |

mod api;
mod clock;
#[cfg(feature = "page")]
mod page;
mod server;
mod store;

#[cfg(test)]
mod tests;

pub use crate::wire::subject_kind::SubjectKind;
pub use api::{Fault, Management, RecordedRequest, RequestLog};
pub use clock::Clock;
pub use server::{Received, Server, ServerBuilder};
pub use store::{
    EventTarget, Lost, LostKind, ReceivedEvent, SentIdentifier, StoredDevice, StoredIdentifier,
    StoredInboxMessage, StoredMember, StoredOrganization, StoredPush, StoredSchedule,
    StoredSession, StoredUser,
};
