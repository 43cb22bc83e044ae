//! The decisions of delivery as pure values: no locks and no I/O, the time is an argument, and so
//! is randomness. The sender asks them before a request leaves and reports to them what came of it.
//!
//! | value | decides |
//! |---|---|
//! | [`Sizing`](sizing::Sizing) | events and bytes of a request, and how many are in flight |
//! | [`Pace`](pace::Pace) | the moment at which the next request may leave |
//! | [`Health`](health::Health) | whether events, only a probe, or only a canary may leave |
//! | [`History`](apart::History) | in which pieces the events of a failed request go again |
//! | [`policy`] | how to continue with the events of a failed request |
//!
//! Before a request leaves: [`Health::may_leave`](health::Health::may_leave) with the doubt of its
//! events, [`Pace::next`](pace::Pace::next), [`History::piece_len`](apart::History::piece_len) and
//! the limits of `Sizing`; then [`Pace::sent`](pace::Pace::sent). After it failed:
//!
//! 1. [`policy::report`], with the history before this failure, says which of `Health::succeeded`,
//!    `Health::failed`, `Health::failed_alone` and `Pace::refused` to call.
//! 2. [`policy::is_lost`] says whether to call `Sizing::lost` or `Sizing::failed`, if the server
//!    or the network failed.
//! 3. [`Policy::after_events`](policy::Policy::after_events), with
//!    [`Health::shown`](health::Health::shown) after step 1, gives the verdict. If that is `Again`,
//!    the events wait for [`History::pause`](apart::History::pause).
//! 4. If it was a canary, `Health::canary_ended`.

pub(in crate::delivery) mod apart;
pub(in crate::delivery) mod health;
pub(in crate::delivery) mod pace;
pub(in crate::delivery) mod policy;
pub(in crate::delivery) mod sizing;

#[cfg(test)]
mod worlds;
