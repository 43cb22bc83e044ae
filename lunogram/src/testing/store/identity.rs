//! Who is who: external identifiers and the entities that they lead to.

use super::{Data, Moment, merge};
use chrono::{DateTime, Utc};
use lunogram_rules::source;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// An identifier as a request carried it, its source filled in.
///
/// ```
/// use lunogram::{Event, ExternalId};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// let visitor = ExternalId::new("4f7a").source("anonymous");
/// client.post_user_events(&[Event::new("page_viewed").to(visitor)]).await?;
///
/// let sent = &server.lost()[0].identifiers[0];
/// assert_eq!((sent.source.as_str(), sent.external_id.as_str()), ("anonymous", "4f7a"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentIdentifier {
    /// The system that gave out the id; `default` where the request named none.
    pub source: String,
    /// The id within that source.
    pub external_id: String,
    /// What the request said of the identifier itself.
    pub metadata: Data,
}

impl SentIdentifier {
    pub(crate) fn new(source: Option<String>, external_id: String, metadata: Data) -> Self {
        Self {
            source: source
                .filter(|source| !source.is_empty())
                .unwrap_or_else(|| source::DEFAULT.to_owned()),
            external_id,
            metadata,
        }
    }
}

/// An identifier as the server keeps it.
///
/// ```
/// use lunogram::{ExternalId, UpsertUserRequest};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// let stripe = ExternalId::new("cus_9s6X").source("stripe").metadata(&json!({"livemode": true}));
/// client.upsert_user(&UpsertUserRequest::new([ExternalId::new("user_123"), stripe])).await?;
///
/// let user = server.user_by("stripe", "cus_9s6X").expect("a user");
/// assert_eq!(user.identifiers[0].source, "default");
/// assert_eq!(user.identifiers[1].metadata["livemode"], true);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredIdentifier {
    /// The server's own id for this identifier.
    pub id: Uuid,
    /// The system that gave out the external id.
    pub source: String,
    /// The id within that source.
    pub external_id: String,
    /// All metadata ever sent, merged key by key.
    pub metadata: Data,
    /// When the identifier was first seen.
    pub created_at: DateTime<Utc>,
    /// When it was last part of an upsert.
    pub updated_at: DateTime<Utc>,
}

/// What users and organizations have in common, which is what an upsert works on.
pub(super) trait Entity {
    /// An empty entity of version 0, which its first upsert makes 1.
    fn create(id: Uuid, now: DateTime<Utc>) -> Self;
    fn common(&mut self) -> Common<'_>;
    fn identifiers(&self) -> &[StoredIdentifier];
}

/// The shared fields of an entity.
pub(super) struct Common<'a> {
    pub(super) identifiers: &'a mut Vec<StoredIdentifier>,
    pub(super) data: &'a mut Data,
    pub(super) version: &'a mut i32,
    pub(super) updated_at: &'a mut DateTime<Utc>,
}

/// An entity's number within its directory. Never reused.
pub(super) type Row = u64;

/// Where a set of identifiers leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    Nobody,
    One(Row),
    /// To more than one entity.
    Conflict,
}

/// All users, or all organizations.
#[derive(Debug)]
pub(super) struct Directory<T> {
    rows: BTreeMap<Row, T>,
    by_source: HashMap<String, HashMap<String, Row>>,
    next: Row,
}

impl<T> Default for Directory<T> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            by_source: HashMap::new(),
            next: 0,
        }
    }
}

impl<T: Entity> Directory<T> {
    pub(super) fn row_of(&self, source: &str, external_id: &str) -> Option<Row> {
        self.by_source.get(source)?.get(external_id).copied()
    }

    pub(super) fn lookup(&self, identifiers: &[SentIdentifier]) -> Lookup {
        identifiers
            .iter()
            .filter_map(|sent| self.row_of(&sent.source, &sent.external_id))
            .fold(Lookup::Nobody, |found, row| match found {
                Lookup::Nobody => Lookup::One(row),
                Lookup::One(first) if first == row => found,
                Lookup::One(_) | Lookup::Conflict => Lookup::Conflict,
            })
    }

    pub(super) fn get(&self, row: Row) -> Option<&T> {
        self.rows.get(&row)
    }

    pub(super) fn get_mut(&mut self, row: Row) -> Option<&mut T> {
        self.rows.get_mut(&row)
    }

    /// Every entity, the oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Row, &T)> {
        self.rows.iter().map(|(row, entity)| (*row, entity))
    }

    /// Creates or updates the entity of `identifiers`; `None`, and nothing changed, when they lead to several.
    pub(super) fn upsert(
        &mut self,
        identifiers: Vec<SentIdentifier>,
        data: Option<Data>,
        at: &mut Moment<'_>,
    ) -> Option<&mut T> {
        let row = match self.lookup(&identifiers) {
            Lookup::Conflict => return None,
            Lookup::One(row) => row,
            Lookup::Nobody => {
                self.next += 1;
                self.next
            }
        };
        for sent in &identifiers {
            self.by_source
                .entry(sent.source.clone())
                .or_default()
                .insert(sent.external_id.clone(), row);
        }
        let entity = self
            .rows
            .entry(row)
            .or_insert_with(|| T::create(at.new_id(), at.now()));
        let common = entity.common();
        for sent in identifiers {
            attach(common.identifiers, sent, at);
        }
        if let Some(data) = data {
            merge::shallow(common.data, data);
        }
        if *common.version > 0 {
            *common.updated_at = at.later_than(*common.updated_at);
        }
        *common.version += 1;
        Some(entity)
    }

    /// Forgets the entity and its identifiers.
    pub(super) fn remove(&mut self, row: Row) {
        if let Some(entity) = self.rows.remove(&row) {
            for identifier in entity.identifiers() {
                if let Some(ids) = self.by_source.get_mut(&identifier.source) {
                    ids.remove(&identifier.external_id);
                }
            }
        }
    }
}

fn attach(stored: &mut Vec<StoredIdentifier>, sent: SentIdentifier, at: &mut Moment<'_>) {
    let known = stored
        .iter_mut()
        .find(|known| known.source == sent.source && known.external_id == sent.external_id);
    if let Some(known) = known {
        merge::shallow(&mut known.metadata, sent.metadata);
        known.updated_at = at.now();
    } else {
        stored.push(StoredIdentifier {
            id: at.new_id(),
            source: sent.source,
            external_id: sent.external_id,
            metadata: sent.metadata,
            created_at: at.now(),
            updated_at: at.now(),
        });
    }
}
