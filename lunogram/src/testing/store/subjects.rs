//! Users and organizations: one table, one upsert and one deletion for both kinds.

use super::identity::{self, SentIdentifier};
use super::{Context, Data, Store, StoreError, columns, merge};
use crate::model::StoredIdentifier;
use crate::wire::SubjectKind;
use crate::wire::management::Observed;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// A user or an organization. [`StoredUser`](super::StoredUser) and
/// [`StoredOrganization`](super::StoredOrganization) are its public views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredSubject {
    pub(crate) kind: SubjectKind,
    pub(crate) id: Uuid,
    /// In the order in which they were added.
    pub(crate) identifiers: Vec<StoredIdentifier>,
    pub(crate) profile: Profile,
    pub(crate) data: Data,
    /// Always `false` for an organization.
    pub(crate) has_push_device: bool,
    pub(crate) version: i32,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// The columns beside `data`. An upsert replaces the columns that it carries and keeps the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Profile {
    /// Of a user.
    pub(crate) email: Option<String>,
    /// Of a user.
    pub(crate) phone: Option<String>,
    /// Of a user.
    pub(crate) timezone: Option<String>,
    /// Of a user.
    pub(crate) locale: Option<String>,
    /// Of an organization.
    pub(crate) name: Option<String>,
}

impl Profile {
    fn update(&mut self, sent: Self) {
        let Self {
            email,
            phone,
            timezone,
            locale,
            name,
        } = sent;
        for (column, value) in [
            (&mut self.email, email),
            (&mut self.phone, phone),
            (&mut self.timezone, timezone),
            (&mut self.locale, locale),
            (&mut self.name, name),
        ] {
            if value.is_some() {
                *column = value;
            }
        }
    }

    /// The columns that have a value, by the contract's names.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("email", &self.email),
            ("phone", &self.phone),
            ("timezone", &self.timezone),
            ("locale", &self.locale),
            ("name", &self.name),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

/// The body of an upsert. `None` keeps the stored value.
#[derive(Clone, Debug)]
pub(crate) struct Upsert {
    pub(crate) identifiers: Vec<SentIdentifier>,
    pub(crate) profile: Profile,
    pub(crate) data: Option<Data>,
}

/// The key of a subject's row. Rows of one kind are ordered by age, and numbers are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowId {
    pub(super) kind: SubjectKind,
    number: u64,
}

/// The table of all subjects, indexed by their identifiers.
#[derive(Debug, Default)]
pub(super) struct Subjects {
    rows: BTreeMap<RowId, StoredSubject>,
    /// By kind, source and external id.
    index: HashMap<SubjectKind, HashMap<String, HashMap<String, RowId>>>,
    last_number: u64,
}

/// The identifiers belong to more than one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Conflict;

impl Subjects {
    /// The subject with this identifier.
    pub(super) fn row_of(
        &self,
        kind: SubjectKind,
        source: &str,
        external_id: &str,
    ) -> Option<RowId> {
        let sources = self.index.get(&kind)?;
        sources.get(source)?.get(external_id).copied()
    }

    /// The one subject with any of `identifiers`.
    pub(super) fn find(
        &self,
        kind: SubjectKind,
        identifiers: &[SentIdentifier],
    ) -> Result<Option<RowId>, Conflict> {
        let mut rows = identifiers
            .iter()
            .filter_map(|sent| self.row_of(kind, &sent.source, &sent.external_id));
        let first = rows.next();
        if rows.any(|row| Some(row) != first) {
            return Err(Conflict);
        }
        Ok(first)
    }

    pub(super) fn get(&self, row: RowId) -> Option<&StoredSubject> {
        self.rows.get(&row)
    }

    pub(super) fn get_mut(&mut self, row: RowId) -> Option<&mut StoredSubject> {
        self.rows.get_mut(&row)
    }

    /// Every subject of a kind, the oldest first.
    pub(super) fn of_kind(
        &self,
        kind: SubjectKind,
    ) -> impl Iterator<Item = (RowId, &StoredSubject)> {
        let row = |number| RowId { kind, number };
        self.rows
            .range(row(0)..=row(u64::MAX))
            .map(|(row, subject)| (*row, subject))
    }

    /// Creates or updates the subject with the identifiers of `sent`. A conflict changes nothing.
    fn upsert(
        &mut self,
        kind: SubjectKind,
        sent: Upsert,
        context: &mut Context<'_>,
    ) -> Result<&StoredSubject, Conflict> {
        let found = self.find(kind, &sent.identifiers)?;
        let row = found.unwrap_or_else(|| {
            self.last_number += 1;
            RowId {
                kind,
                number: self.last_number,
            }
        });
        let sources = self.index.entry(kind).or_default();
        for identifier in &sent.identifiers {
            sources
                .entry(identifier.source.clone())
                .or_default()
                .insert(identifier.external_id.clone(), row);
        }
        let subject = self.rows.entry(row).or_insert_with(|| StoredSubject {
            kind,
            id: context.new_id(),
            identifiers: Vec::new(),
            profile: Profile::default(),
            data: Data::new(),
            has_push_device: false,
            version: 0,
            created_at: context.now(),
            updated_at: context.now(),
        });
        for identifier in sent.identifiers {
            identity::upsert(&mut subject.identifiers, identifier, context);
        }
        if let Some(data) = sent.data {
            merge::shallow(&mut subject.data, data);
        }
        subject.profile.update(sent.profile);
        if found.is_some() {
            subject.updated_at = context.later_than(subject.updated_at);
            subject.version += 1;
        }
        Ok(subject)
    }

    /// Removes the subject and its identifiers.
    fn remove(&mut self, row: RowId) {
        let Some(subject) = self.rows.remove(&row) else {
            return;
        };
        let sources = self.index.entry(row.kind).or_default();
        for identifier in subject.identifiers {
            if let Some(ids) = sources.get_mut(&identifier.source) {
                ids.remove(&identifier.external_id);
            }
        }
    }
}

impl Store {
    /// Creates the subject or updates it. The only possible errors are [`StoreError::Conflict`] and
    /// [`StoreError::Unstorable`].
    pub(crate) fn upsert(
        &mut self,
        kind: SubjectKind,
        sent: Upsert,
        context: &mut Context<'_>,
    ) -> Result<&StoredSubject, StoreError> {
        columns::identifiers("identifier", &sent.identifiers)?;
        columns::profile(&sent.profile)?;
        let data = sent.data.clone();
        data.as_ref().map_or(Ok(()), columns::learned)?;
        let subject = self
            .subjects
            .upsert(kind, sent, context)
            .map_err(|Conflict| StoreError::Conflict)?;
        let scope = match kind {
            SubjectKind::User => Observed::Users,
            SubjectKind::Organization => Observed::Organizations,
        };
        self.schemas.learn(scope, "", data.as_ref());
        self.schedules.add_anniversary();
        Ok(subject)
    }

    /// Deletes the subject with its identifiers, memberships, devices, schedules and inbox.
    pub(crate) fn delete(
        &mut self,
        kind: SubjectKind,
        identifiers: &[SentIdentifier],
    ) -> Result<(), StoreError> {
        let row = self.find(kind, identifiers)?;
        self.subjects.remove(row);
        self.members.remove_subject(row);
        self.devices.remove(row);
        self.schedules.remove_subject(row);
        self.inboxes.remove(row);
        Ok(())
    }

    /// Every subject of a kind, the oldest first.
    pub(crate) fn subjects(&self, kind: SubjectKind) -> impl Iterator<Item = &StoredSubject> {
        self.subjects.of_kind(kind).map(|(_, subject)| subject)
    }

    /// The subject with this identifier.
    pub(crate) fn subject(
        &self,
        kind: SubjectKind,
        source: &str,
        external_id: &str,
    ) -> Option<&StoredSubject> {
        let row = self.subjects.row_of(kind, source, external_id)?;
        self.subjects.get(row)
    }

    /// Checks that exactly one subject has any of `identifiers`.
    pub(crate) fn require(
        &self,
        kind: SubjectKind,
        identifiers: &[SentIdentifier],
    ) -> Result<(), StoreError> {
        self.find(kind, identifiers).map(drop)
    }

    /// The one subject with any of `identifiers`, or the reason why there is not exactly one.
    pub(super) fn find(
        &self,
        kind: SubjectKind,
        identifiers: &[SentIdentifier],
    ) -> Result<RowId, StoreError> {
        columns::look_up("identifier", identifiers)?;
        self.subjects
            .find(kind, identifiers)
            .map_err(|Conflict| StoreError::Conflict)?
            .ok_or(StoreError::UnknownSubject(kind))
    }
}

/// Lists of items that belong to subjects, such as devices or inbox messages.
#[derive(Debug)]
pub(super) struct BySubject<T>(BTreeMap<RowId, Vec<T>>);

impl<T> Default for BySubject<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> BySubject<T> {
    pub(super) fn get(&self, row: RowId) -> &[T] {
        self.0.get(&row).map_or(&[], Vec::as_slice)
    }

    pub(super) fn get_mut(&mut self, row: RowId) -> &mut Vec<T> {
        self.0.entry(row).or_default()
    }

    pub(super) fn remove(&mut self, row: RowId) {
        self.0.remove(&row);
    }

    /// Every list: users' before organizations', the oldest subject's first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (RowId, &[T])> {
        self.0.iter().map(|(row, items)| (*row, items.as_slice()))
    }
}
