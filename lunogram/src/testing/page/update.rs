//! What is new since a cursor: what only grows, from there on; of what changes, each section that may have.

use super::changing::Changing;
use super::cursor::Cursor;
use super::row::Row;
use super::{arrived, stored};
use crate::testing::access::{Access, Keys};
use crate::testing::state::State;
use bytes::Bytes;
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How much of what only grows a page has, counted from its end, whether it came early or late.
pub(super) const LATEST: usize = 5_000;
/// The most rows of one section in one answer; the page comes back for more.
const MOST_ROWS: usize = 500;
/// When a section is full although there is room for more rows, in bytes.
const FULL: usize = 1 << 20;
/// How many of the entities that changed last are shown.
const MOST_ENTITIES: usize = 1_000;

/// An answer to the page.
#[derive(Debug, Serialize)]
pub(super) struct Update {
    #[serde(serialize_with = "as_text")]
    cursor: Cursor,
    /// Whether the page is to forget what it has.
    fresh: bool,
    /// Whether there is more already.
    more: bool,
    /// How many of the latest rows of what only grows the page is to keep.
    keep: usize,
    project_id: Uuid,
    /// Whether any key is let in.
    any_key: bool,
    /// What is behind all that came before.
    grown: BTreeMap<&'static str, Section>,
    /// What stands in the place of what was there before.
    now: BTreeMap<Changing, Section>,
}

/// Rows, and how many the server has in all.
#[derive(Debug, Default, Serialize)]
struct Section {
    total: usize,
    rows: Vec<Row>,
    #[serde(skip)]
    size: usize,
}

impl Section {
    fn is_full(&self) -> bool {
        self.rows.len() >= MOST_ROWS || self.size >= FULL
    }

    fn push(&mut self, row: Row) {
        self.size += row.size();
        self.rows.push(row);
    }

    /// What is behind the first `seen` of `all`, as far as there is room; and how many are seen then.
    fn grown<T>(all: &[T], seen: usize, row: impl Fn(usize, &T) -> Row) -> (Self, usize) {
        let mut section = Self {
            total: all.len(),
            ..Self::default()
        };
        let mut seen = seen.max(all.len().saturating_sub(LATEST));
        for item in all.iter().skip(seen) {
            if section.is_full() {
                break;
            }
            section.push(row(seen, item));
            seen += 1;
        }
        (section, seen)
    }

    /// The entities that changed last, those in front.
    fn now<T, K: Ord>(
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
        for entity in all.into_iter().take(MOST_ENTITIES) {
            if section.size >= FULL {
                break;
            }
            section.push(row(entity));
        }
        section
    }
}

impl Update {
    pub(super) fn since(cursor: Option<Cursor>, state: &State, access: &Access) -> Self {
        let known = cursor.filter(|cursor| is_of(cursor, state));
        let since = known.unwrap_or(Cursor::start(state.life));
        let store = &state.store;
        let (events, seen_events) = Section::grown(store.events(), since.events, arrived::event);
        let (lost, seen_lost) = Section::grown(store.lost(), since.lost, arrived::lost);
        let (refused, seen_requests) = refused(state, &since);
        let cursor = Cursor {
            life: state.life,
            events: seen_events,
            lost: seen_lost,
            requests: seen_requests,
            refused: refused.total,
        };
        let changing: BTreeSet<_> = match known {
            None => Changing::ALL.iter().collect(),
            Some(since) => state.requests[since.requests..seen_requests]
                .iter()
                .flat_map(Changing::by)
                .collect(),
        };
        Self {
            cursor,
            fresh: known.is_none(),
            keep: LATEST,
            more: seen_events < store.events().len()
                || seen_lost < store.lost().len()
                || seen_requests < state.requests.len(),
            project_id: access.project_id,
            any_key: access.keys == Keys::Any,
            grown: BTreeMap::from([("events", events), ("lost", lost), ("refused", refused)]),
            now: changing
                .into_iter()
                .map(|section| (*section, now(*section, state)))
                .collect(),
        }
    }

    pub(super) fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Whether the page would look different with it.
    pub(super) fn is_news(&self) -> bool {
        self.fresh
            || !self.now.is_empty()
            || self.grown.values().any(|section| !section.rows.is_empty())
    }

    pub(super) fn into_json(self) -> Bytes {
        // Nothing in it can fail to be written: its maps have keys of text.
        serde_json::to_vec(&self).unwrap_or_default().into()
    }
}

/// Whether the page can go on from there.
fn is_of(cursor: &Cursor, state: &State) -> bool {
    cursor.life == state.life
        && cursor.events <= state.store.events().len()
        && cursor.lost <= state.store.lost().len()
        && cursor.requests <= state.requests.len()
}

/// The requests that were refused, and how many requests are seen then.
fn refused(state: &State, since: &Cursor) -> (Section, usize) {
    let new = || {
        let requests = state.requests.iter().enumerate();
        requests
            .skip(since.requests)
            .filter(|(_, request)| request.status >= 400)
    };
    let skipped = new().count().saturating_sub(LATEST);
    let mut section = Section {
        total: since.refused + skipped,
        ..Section::default()
    };
    for (at, request) in new().skip(skipped) {
        if section.is_full() {
            return (section, at);
        }
        section.push(arrived::refused(at, request));
        section.total += 1;
    }
    (section, state.requests.len())
}

fn now(section: Changing, state: &State) -> Section {
    let store = &state.store;
    match section {
        Changing::Users => Section::now(
            store.users_and_devices(),
            |(user, _)| user.updated_at,
            |(user, devices)| stored::user(user, devices),
        ),
        Changing::Organizations => Section::now(
            store.organizations_and_members(),
            |(organization, _)| organization.updated_at,
            |(organization, members)| stored::organization(organization, members),
        ),
        Changing::Schedules => Section::now(
            store.schedules_and_subjects(),
            |(schedule, _)| schedule.updated_at,
            |(schedule, subject)| stored::schedule(schedule, subject),
        ),
        Changing::Inbox => Section::now(
            store.messages_and_subjects(),
            |(message, _)| message.updated_at,
            |(message, subject)| stored::message(message, subject),
        ),
    }
}

fn as_text<S: Serializer>(cursor: &Cursor, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(cursor)
}
