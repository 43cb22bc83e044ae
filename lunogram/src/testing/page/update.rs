//! The update since a cursor: new rows of the append-only sections, and every row of each section
//! that may have changed.

use super::cursor::Cursor;
use super::row::Row;
use super::sections::SnapshotSection;
use super::{logs, snapshots};
use crate::testing::api::{Access, Keys, State};
use crate::testing::store::{Log, Weight};
use bytes::Bytes;
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How many of the latest rows of a log a page keeps. A page that connects late receives the same
/// rows.
pub(super) const LATEST: usize = 5_000;
/// The most rows of one log in one update; the page requests the rest.
const MAX_ROWS: usize = 500;
/// The size in bytes from which a section gets no more rows in one update.
const MAX_SIZE: usize = 1 << 20;
/// The most rows of a section that shows current state.
const MAX_ENTITIES: usize = 1_000;

/// The JSON body of a response to the page.
#[derive(Debug, Serialize)]
pub(super) struct Update {
    #[serde(serialize_with = "as_text")]
    cursor: Cursor,
    /// Whether the page discards its rows before it applies this update.
    fresh: bool,
    /// Whether there are more rows than fit this update.
    more: bool,
    /// How many of the latest rows of each log the page keeps.
    keep: usize,
    project_id: Uuid,
    /// Whether the server accepts any key.
    any_key: bool,
    /// New rows of the append-only sections, in the order of arrival.
    logs: BTreeMap<&'static str, Section>,
    /// All rows of the changed sections. They replace the previous rows.
    snapshots: BTreeMap<SnapshotSection, Section>,
}

/// Rows, and how many the server has in total.
#[derive(Debug, Default, Serialize)]
struct Section {
    total: usize,
    rows: Vec<Row>,
    #[serde(skip)]
    size: usize,
}

impl Section {
    fn is_full(&self) -> bool {
        self.rows.len() >= MAX_ROWS || self.size >= MAX_SIZE
    }

    fn push(&mut self, row: Row) {
        self.size += row.size();
        self.rows.push(row);
    }

    /// The rows of `all` from index `seen` on, as many as fit; and the index after the last of
    /// them.
    fn log<T: Weight>(all: &Log<T>, seen: usize, row: impl Fn(usize, &T) -> Row) -> (Self, usize) {
        let mut section = Self {
            total: all.total(),
            ..Self::default()
        };
        let mut seen = seen
            .max(all.total().saturating_sub(LATEST))
            .max(all.first());
        for (number, item) in all.since(seen) {
            if section.is_full() {
                break;
            }
            section.push(row(number, item));
            seen = number + 1;
        }
        (section, seen)
    }

    /// The rows of the entities that changed last, the latest first.
    fn snapshot<T, K: Ord>(
        all: impl Iterator<Item = T>,
        changed_at: impl Fn(&T) -> K,
        row: impl Fn(T) -> Row,
    ) -> Self {
        let mut all: Vec<_> = all.collect();
        all.sort_by_key(|entity| std::cmp::Reverse(changed_at(entity)));
        let mut section = Self {
            total: all.len(),
            ..Self::default()
        };
        for entity in all.into_iter().take(MAX_ENTITIES) {
            if section.size >= MAX_SIZE {
                break;
            }
            section.push(row(entity));
        }
        section
    }
}

impl Update {
    pub(super) fn since(cursor: Option<Cursor>, state: &State, access: &Access) -> Self {
        let valid = cursor.filter(|cursor| is_valid(cursor, state));
        let since = valid.unwrap_or(Cursor::start(state.epoch));
        let store = &state.store;
        let (events, seen_events) = Section::log(store.events(), since.events, logs::event);
        let (lost, seen_lost) = Section::log(store.lost(), since.lost, logs::lost);
        let (refused, seen_refused) = Section::log(&state.refused, since.refused, logs::refused);
        let seen_requests = state.requests.total();
        let cursor = Cursor {
            epoch: state.epoch,
            events: seen_events,
            lost: seen_lost,
            requests: seen_requests,
            refused: seen_refused,
        };
        let changed: BTreeSet<_> = match valid {
            None => SnapshotSection::ALL.iter().collect(),
            // Some of the requests since then are no longer known.
            Some(since) if since.requests < state.requests.first() => {
                SnapshotSection::ALL.iter().collect()
            }
            Some(since) => state
                .requests
                .since(since.requests)
                .flat_map(|(_, request)| SnapshotSection::changed_by(request))
                .collect(),
        };
        Self {
            cursor,
            fresh: valid.is_none(),
            keep: LATEST,
            more: seen_events < store.events().total()
                || seen_lost < store.lost().total()
                || seen_refused < state.refused.total(),
            project_id: access.project_id,
            any_key: access.keys == Keys::Any,
            logs: BTreeMap::from([("events", events), ("lost", lost), ("refused", refused)]),
            snapshots: changed
                .into_iter()
                .map(|section| (*section, snapshot(*section, state)))
                .collect(),
        }
    }

    pub(super) fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Whether the update changes what the page shows.
    pub(super) fn has_changes(&self) -> bool {
        self.fresh
            || !self.snapshots.is_empty()
            || self.logs.values().any(|section| !section.rows.is_empty())
    }

    pub(super) fn into_json(self) -> Bytes {
        // Serialisation cannot fail: every map has string keys.
        serde_json::to_vec(&self).unwrap_or_default().into()
    }
}

/// Whether the cursor is a position in the current logs.
fn is_valid(cursor: &Cursor, state: &State) -> bool {
    cursor.epoch == state.epoch
        && cursor.events <= state.store.events().total()
        && cursor.lost <= state.store.lost().total()
        && cursor.requests <= state.requests.total()
        && cursor.refused <= state.refused.total()
}

fn snapshot(section: SnapshotSection, state: &State) -> Section {
    let store = &state.store;
    match section {
        SnapshotSection::Users => Section::snapshot(
            store.users_and_devices(),
            |(user, _)| user.updated_at,
            |(user, devices)| snapshots::user(user, devices),
        ),
        SnapshotSection::Organizations => Section::snapshot(
            store.organizations_and_members(),
            |(organization, _)| organization.updated_at,
            |(organization, members)| snapshots::organization(organization, members),
        ),
        SnapshotSection::Schedules => Section::snapshot(
            store.schedules_and_subjects(),
            |(schedule, _)| schedule.updated_at,
            |(schedule, subject)| snapshots::schedule(schedule, subject),
        ),
        SnapshotSection::Inbox => Section::snapshot(
            store.messages_and_subjects(),
            |(message, _)| message.updated_at,
            |(message, subject)| snapshots::message(message, subject),
        ),
    }
}

fn as_text<S: Serializer>(cursor: &Cursor, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(cursor)
}
