//! The part of the server's state that a reset replaces.

use super::record::RecordedRequest;
use crate::testing::store::Store;
#[cfg(feature = "page")]
use uuid::Uuid;

/// The stored data and the recorded requests.
#[derive(Debug)]
#[cfg_attr(not(feature = "page"), derive(Default))]
pub(in crate::testing) struct State {
    /// Identifies the time between two resets. A page that holds data of another epoch discards it.
    #[cfg(feature = "page")]
    pub(in crate::testing) epoch: Uuid,
    pub(in crate::testing) store: Store,
    pub(in crate::testing) requests: Vec<RecordedRequest>,
}

#[cfg(feature = "page")]
impl Default for State {
    fn default() -> Self {
        Self {
            epoch: Uuid::new_v4(),
            store: Store::default(),
            requests: Vec::new(),
        }
    }
}
