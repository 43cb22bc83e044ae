//! All that a reset forgets.

use super::record::RecordedRequest;
use super::store::Store;

/// All that changes while the server runs.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) store: Store,
    pub(super) requests: Vec<RecordedRequest>,
}
