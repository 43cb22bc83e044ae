//! All that a reset forgets.

use super::record::RecordedRequest;
use super::store::Store;
use uuid::Uuid;

/// All that changes while the server runs.
#[derive(Debug)]
pub(super) struct State {
    /// Another one after each reset: whoever follows the state sees that it is a new one.
    pub(super) life: Uuid,
    pub(super) store: Store,
    pub(super) requests: Vec<RecordedRequest>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            life: Uuid::new_v4(),
            store: Store::default(),
            requests: Vec::new(),
        }
    }
}
