//! The part of the server's state that a reset replaces.

use super::record::RecordedRequest;
use crate::testing::store::{Log, Store};
#[cfg(feature = "page")]
use uuid::Uuid;

/// The stored data and the recorded requests.
#[derive(Debug)]
pub(in crate::testing) struct State {
    /// Identifies the time between two resets. A page that holds data of another epoch discards it.
    #[cfg(feature = "page")]
    pub(in crate::testing) epoch: Uuid,
    pub(in crate::testing) store: Store,
    pub(in crate::testing) requests: Log<RecordedRequest>,
    /// The requests that had no effect, for the page.
    #[cfg(feature = "page")]
    pub(in crate::testing) refused: Log<RecordedRequest>,
}

impl State {
    /// An empty state that keeps this many requests, events and lost items.
    pub(in crate::testing) fn new(keep: usize) -> Self {
        Self {
            #[cfg(feature = "page")]
            epoch: Uuid::new_v4(),
            store: Store::new(keep),
            requests: Log::new(keep),
            #[cfg(feature = "page")]
            refused: Log::new(keep),
        }
    }

    /// Records a request; `is_refused` if it had no effect.
    #[cfg_attr(
        not(feature = "page"),
        expect(unused_variables, reason = "only the page lists refused requests")
    )]
    pub(super) fn record(&mut self, request: RecordedRequest, is_refused: bool) {
        #[cfg(feature = "page")]
        if is_refused {
            self.refused.push(request.clone());
        }
        self.requests.push(request);
    }
}
