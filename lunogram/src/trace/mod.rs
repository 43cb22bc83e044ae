//! What the crate tells of what it does in the background.

#[cfg(feature = "tracing")]
mod told;
#[cfg(not(feature = "tracing"))]
mod untold;

#[cfg(feature = "tracing")]
pub(crate) use told::{Log, Way, call, is_telling, silence};
#[cfg(not(feature = "tracing"))]
pub(crate) use untold::{Log, Way, call, is_telling, silence};

use crate::error::Error;
use std::fmt::Display;

/// Something to tell.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "nobody reads what nobody is told")
)]
pub(crate) enum Record<'r> {
    Dropped {
        name: &'r str,
        reason: &'r dyn Display,
    },
    /// Nothing can be delivered at the moment.
    Failing(&'r Error),
    /// Nothing will be until the settings are mended.
    Held(&'r Error),
    /// It can be, again.
    Mended,
    /// An earlier process left something.
    Recovered(u64),
    Ended(&'r dyn Display),
    /// The end of the process, or of the client, has lost something.
    EndedWithLoss(&'r dyn Display),
}
