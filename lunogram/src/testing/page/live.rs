//! Waiting for news.

use super::cursor::Cursor;
use super::update::Update;
use crate::testing::http::Shared;
use bytes::Bytes;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long an answer may take in which nothing is new: less than what browsers and proxies put up with.
const PATIENCE: Duration = Duration::from_secs(25);

/// Whether an answer without news is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Only when there is none for a while.
    ForNews,
    /// At once.
    No,
}

/// What is new since the cursor, as soon as there is something; everything, and at once, where the cursor is none of this
/// state's.
pub(super) async fn news(shared: &Shared, mut since: Option<Cursor>, wait: Wait) -> Bytes {
    let mut changes = shared.changes();
    let patience = match wait {
        Wait::ForNews => PATIENCE,
        Wait::No => Duration::ZERO,
    };
    let end = Instant::now() + patience;
    loop {
        changes.borrow_and_update();
        let update = Update::since(since, &shared.state(), &shared.access);
        let has_changed = async { changes.changed().await.is_ok() };
        if update.is_news() || !timeout_at(end, has_changed).await.unwrap_or(false) {
            return update.into_json();
        }
        since = Some(update.cursor());
    }
}
