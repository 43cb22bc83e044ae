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
//!     lane 0  [e,e,e]  [e,e]        ───▶ dispatcher: sends when a request is full, when its oldest
//!     lane 1  upsert ▪  [e]               event is due, or after a flush; takes the oldest events
//!     lane 2  barrier ▫  [e,e]            first, from as many idle lanes as fit into a request
//!     …       ▫ opens when ▪ is done                      │ batch or upsert
//!                                                         ▼
//!                                                   control: health, size and pace. While the
//!                                                         │  server is down, only probes leave;
//!                                                         │  then one event as a canary
//!                                                         ▼ permit
//!                                                   in flight: each lane in one request
//!           retry, in pieces     ◀── rules ◀── failure ───┤
//!           aside: failed alone  ◀──╯                     │ settled
//!                                                         ▼
//!  stats ◀── ledgers of the lanes: delivered, dropped (reason), unknown; capacity is released
//! ```
//!
//! The worker thread serves the queues of a client and of the projects and sessions made from it.
//! All of the above exists once for each queue, so that a stuck queue does not hold up another.
//!
//! - **Lane**: a shard of the subjects of one kind: those whose ids hash alike. A lane hands out
//!   nothing before everything that it handed out is settled, so payloads about one subject arrive
//!   in order.
//! - **Batch**: the events of one request, in runs: each run is from one lane. A segment that fills
//!   a request is sent without a copy; otherwise the events of several lanes are copied together.
//! - **Barrier**: an upsert with several identifiers is queued in the lane of the first one. The
//!   lanes of the others get a barrier, and send nothing queued after it until the upsert is done.
//! - **Part**: consecutive events of a batch that share their history. A batch that fails is cut
//!   into parts, each of which is one request. An event that fails alone is set aside with the
//!   later events of its subject; the others show meanwhile whether it or the server is to blame.
//!   Upserts of one subject that follow one another share a request.
//! - **Deletion**: while one of a user or an organization is not settled, the lanes hold back what
//!   they have about it. The caller sends the request, and the queue repeats it if the outcome is
//!   not known.
//! - **Signals**: `track` sets a bit for a lane that has opened a segment. It wakes the dispatcher
//!   only if that has no timer, or if the payload fills a request.
//! - **Recovery**: payloads that an earlier process left in the spool are on disk only. The worker
//!   reads its files in order. Until all were read, new payloads are on disk only, too, and later
//!   in the order.
//! - **Receipt**: reports the outcome of one payload to the caller. It is kept beside the payload,
//!   or under its record in the spool, and completes after the payload is settled and counted.
//!
//! A payload has one of these states:
//!
//! | from | to | when |
//! |---|---|---|
//! | – | dropped | by `before_send`, before the spool and the lanes; final |
//! | – | on disk only | accepted with a spool, without room in memory or during recovery; pending |
//! | –, on disk only | queued | in a lane; pending |
//! | queued | in flight | handed to the sender as part of a batch; pending |
//! | in flight | in flight | a retry, or the part was split |
//! | in flight | delivered, dropped or unknown | after an answer or at the deadline; final |
//! | in flight | dropped or unknown | at shutdown, if the spool does not hold it; final |
//! | queued | dropped | by the overflow policy, at shutdown, or deleted with its subject; final |
//! | on disk only | dropped | deleted with its subject; final |
//! | queued, in flight | on disk only | at shutdown, if the spool holds it; pending |
//!
//! accepted = delivered + dropped + unknown + pending, at any moment.
//!
//! `ARCHITECTURE.md` lists the modules in order, bottom first; each imports only earlier ones.

mod control;
mod covered;
mod deletions;
mod handle;
mod hooks;
mod inside;
mod options;
mod outgoing;
mod payload;
mod queue;
mod receipts;
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
pub use hooks::{Decision, Dropped, Unknown};
pub(crate) use hooks::{Guarded, Hooks, Withheld};
pub use options::{Delivery, Overflow, QueueOptions};
pub(crate) use outgoing::entries;
pub use outgoing::{Column, Outgoing, OutgoingKind};
pub use receipts::{Fate, Receipt};
pub(crate) use send::Worker;
pub(crate) use spool::Spool;
#[cfg(all(fuzzing, feature = "spool"))]
pub use spool::fuzz::records;
#[cfg(feature = "spool")]
pub use spool::{Durability, SpoolOptions};
pub use stats::{DropReason, Stats};
