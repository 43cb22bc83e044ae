//! The decisions of delivery as pure values: no locks and no I/O, the time is an argument, and so
//! is randomness. The sender asks them before a request leaves and reports to them what came of it.
//!
//! | value | decides |
//! |---|---|
//! | [`Sizing`](sizing::Sizing) | events and bytes of a request, and how many are in flight |
//! | [`Pace`](pace::Pace) | the moment at which the next request may leave |
//! | [`Health`](health::Health) | whether events, only a probe, or only a canary may leave |
//! | [`History`](apart::History) | what earlier failures say about the events of one request |
//! | [`policy`] | what a failed request means for its events and for the server's health |

pub(in crate::delivery) mod apart;
pub(in crate::delivery) mod health;
pub(in crate::delivery) mod pace;
pub(in crate::delivery) mod policy;
pub(in crate::delivery) mod sizing;

#[cfg(test)]
mod worlds;
