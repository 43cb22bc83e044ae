//! Background delivery: `track` and `identify` queue payloads from any thread, and one worker
//! thread sends them in order, within bounds.
//!
//! ```text
//!  any thread                                                 worker thread
//!
//!  producers: track, identify
//!     │ encoded payload
//!     ▼
//!  before_send (optional) ──▶ dropped
//!     │ what the hook leaves
//!     ▼
//!  capacity ── full ──▶ overflow policy: refuse, wait, drop the newest or the oldest
//!     │ reserved
//!     │         ╭───────────────────────╮
//!     ├────────▶│ spool (optional)      │ each payload is appended to disk first;
//!     │         │ records │ acks │ lock │ without room in memory it is loaded later
//!     ▼         ╰──────────┬────────────╯
//!  lanes ◀─────────────────╯ load
//!     lane 0  [e,e,e]  [e,e]                   ───▶ one task per lane takes the first entry
//!     lane 1  upsert ▪  [e]                         when it is due: full, old or flushed
//!     lane 2  barrier ▫  [e,e]                            │ batch or upsert
//!     …       ▫ opens when ▪ is done                      ▼
//!                                                   breaker: blocked while the server is down;
//!                                                         │  one probe at a time until it recovers
//!                                                         ▼ permit
//!                                                   in flight: one request per lane, and at most
//!                                                         │    `QueueOptions::in_flight` in total
//!           retry (same batch) ◀── policy ◀── failure ────┤
//!           split in two halves ◀──╯                      │ settled
//!                                                         ▼
//!  stats ◀── ledger of the lane: delivered, dropped (reason), unknown; capacity is released
//! ```
//!
//! The worker thread serves the queues of a client and of the projects and sessions made from it.
//! All of the above exists once for each queue, so that a stuck queue does not hold up another.
//!
//! - **Lane**: a shard of the subjects of one kind: those whose ids hash alike. A lane has at most
//!   one request in flight, so payloads about one subject arrive in order.
//! - **Barrier**: an upsert with several identifiers is queued in the lane of the first one. The
//!   lanes of the others get a barrier, and send nothing queued after it until the upsert is done.
//!
//! A payload has one of these states:
//!
//! | from | to | when |
//! |---|---|---|
//! | – | dropped | by `before_send`, before the spool and the lanes; final |
//! | – | on disk only | accepted with a spool, without room in memory; pending |
//! | –, on disk only | queued | in a lane; pending |
//! | queued | in flight | handed to the sender as part of a batch; pending |
//! | in flight | in flight | a retry, or the part was split in two |
//! | in flight | delivered, dropped or unknown | after an answer or at the deadline; final |
//! | in flight | dropped or unknown | at shutdown, if the spool does not hold it; final |
//! | queued | dropped | by the overflow policy or at shutdown; final |
//! | queued, in flight | on disk only | at shutdown, if the spool holds it; pending |
//!
//! accepted = delivered + dropped + unknown + pending, at any moment.
//!
//! `ARCHITECTURE.md` lists the modules in order, bottom first; each imports only earlier ones.

mod breaker;
mod covered;
mod handle;
mod hooks;
mod inside;
mod options;
mod outgoing;
mod payload;
mod policy;
mod queue;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the sender does not ask these rules yet")
)]
mod rules;
mod send;
#[cfg(feature = "spool")]
mod spool;
#[cfg(not(feature = "spool"))]
#[path = "spool/disabled.rs"]
mod spool;
mod stats;

pub(crate) use covered::MadeBy;
pub(crate) use handle::Delivering;
pub use hooks::{Decision, Dropped};
pub(crate) use hooks::{Guarded, Hooks, Withheld};
pub use options::{Delivery, Overflow, QueueOptions};
pub(crate) use outgoing::entries;
pub use outgoing::{Column, Outgoing, OutgoingKind};
pub(crate) use send::Worker;
pub(crate) use spool::Spool;
#[cfg(all(fuzzing, feature = "spool"))]
pub use spool::fuzz::records;
#[cfg(feature = "spool")]
pub use spool::{Durability, SpoolOptions};
pub use stats::{DropReason, Stats};
