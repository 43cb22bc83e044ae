//! Long polling for updates.

use super::cursor::Cursor;
use super::update::Update;
use crate::testing::api::Shared;
use bytes::Bytes;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long a response waits for a change: less than the time-outs of browsers and proxies.
const MAX_WAIT: Duration = Duration::from_secs(25);

/// Whether a response waits for a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Until there is a change, or [`MAX_WAIT`] is over.
    ForChange,
    /// Not at all.
    No,
}

/// The update since the cursor, as soon as it is not empty. With a cursor of another epoch, or
/// without one, the update has all rows and is returned at once.
pub(super) async fn next_update(shared: &Shared, mut since: Option<Cursor>, wait: Wait) -> Bytes {
    let mut changes = shared.changes();
    let max_wait = match wait {
        Wait::ForChange => MAX_WAIT,
        Wait::No => Duration::ZERO,
    };
    let end = Instant::now() + max_wait;
    loop {
        changes.borrow_and_update();
        let update = Update::since(since, &shared.state(), &shared.access);
        let has_changed = async { changes.changed().await.is_ok() };
        if update.has_changes() || !timeout_at(end, has_changed).await.unwrap_or(false) {
            return update.into_json();
        }
        since = Some(update.cursor());
    }
}
