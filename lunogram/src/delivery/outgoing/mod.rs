//! A payload as `before_send` sees and changes it. Pure.
//!
//! The hook works on the encoded bytes: they are parsed when the hook asks for a part of them, and
//! a payload that the hook does not change is sent as it was encoded.

mod column;
mod entries;
mod merge;
mod rewrite;

pub use column::Column;
pub(crate) use entries::entries;
pub(in crate::delivery) use merge::{can_merge, merged};

use crate::encode::Payload;
use crate::wire::SubjectKind;
use lunogram_core::{Invalid, Problem};
use lunogram_rules::json::unescaped;
use lunogram_rules::{ProblemKind, Violation};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

/// The problem of data that the hook cannot read. The encoder writes none, but a payload can also
/// come from the files of the spool.
const UNREADABLE: &str = "not JSON that `before_send` can read; send the payload again";

/// A payload that is about to leave the client, passed to
/// [`ClientBuilder::before_send`](crate::ClientBuilder::before_send).
///
/// It is parsed when a method asks for a part of it. Values that the hook does not change are sent
/// with the same bytes, down to the digits of a number and the order of the keys. A changed payload
/// is checked again, by the rules that apply to every payload.
///
/// The hook cannot change the name, the identifiers (with their metadata) or the traits of
/// [`matching`](crate::Event::matching): routing, the order of delivery and the tracking plan rest
/// on them. To rename an event, rename its type, or give it a name in its derive.
///
/// ```
/// use lunogram::hooks::{Column, Decision};
/// use lunogram::{Client, Event, UpsertUserRequest};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// let client = Client::builder(server.key())
///     .base_url(server.url())
///     .before_send(|payload| {
///         payload.data_mut().remove("ip");
///         payload.remove_column(Column::Phone);
///         payload.replace_column(Column::Email, "hidden@example.com");
///         Decision::Send
///     })
///     .build()?;
/// let request = UpsertUserRequest::new("user_123")
///     .email("jane@example.com")
///     .phone("+31612345678");
/// let user = client.upsert_user(&request).await?;
/// assert_eq!((user.email.as_deref(), user.phone), (Some("hidden@example.com"), None));
///
/// client.track(&Event::new("seen").to("user_123").data(json!({"ip": "192.0.2.1", "page": "/"})))?;
/// client.flush().await?;
/// assert!(server.all_events()[0].data.keys().eq(["page"]));
/// # Ok(())
/// # }
/// ```
pub struct Outgoing<'p> {
    kind: OutgoingKind,
    subject: SubjectKind,
    json: &'p str,
    name: OnceLock<Cow<'p, str>>,
    columns: OnceLock<BTreeMap<Column, String>>,
    data: OnceLock<Data>,
    /// The data, after the hook has asked for it to change it.
    changed_data: Option<Data>,
    /// Whether the hook has changed a column.
    changed_columns: bool,
}

/// The parsed data.
#[derive(Default)]
struct Data {
    map: Map<String, Value>,
    /// It cannot be parsed; the map is empty.
    unreadable: bool,
}

/// The kinds of payload that [`before_send`](crate::ClientBuilder::before_send) is called with.
///
/// ```
/// use lunogram::Client;
/// use lunogram::hooks::{Decision, OutgoingKind};
///
/// // Schedules and traits are sent, events are not.
/// let client = Client::builder("sk_123")
///     .before_send(|payload| match payload.kind() {
///         OutgoingKind::Event => Decision::Drop,
///         _ => Decision::Send,
///     })
///     .build()?;
/// # Ok::<(), lunogram::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutgoingKind {
    /// An event, sent or tracked.
    Event,
    /// The traits of a user or an organization, upserted or queued by `identify`.
    Traits,
    /// A schedule, which is created or changed.
    Schedule,
}

impl<'p> Outgoing<'p> {
    /// A payload with this JSON, which this crate has encoded.
    pub(in crate::delivery) fn new(
        kind: OutgoingKind,
        subject: SubjectKind,
        json: &'p str,
    ) -> Self {
        Self {
            kind,
            subject,
            json,
            name: OnceLock::new(),
            columns: OnceLock::new(),
            data: OnceLock::new(),
            changed_data: None,
            changed_columns: false,
        }
    }

    /// Whether it is an event, traits or a schedule.
    #[must_use]
    pub fn kind(&self) -> OutgoingKind {
        self.kind
    }

    /// Whether it is about a user or about an organization.
    #[must_use]
    pub fn subject(&self) -> SubjectKind {
        self.subject
    }

    /// The name of the event or the schedule; `user` or `organization` for traits.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.get_or_init(|| match self.kind {
            OutgoingKind::Traits => Cow::Borrowed(self.subject.as_str()),
            _ => self.member("name").map(text).unwrap_or_default(),
        })
    }

    /// The external ids of the user or the organization, from every source. An event with
    /// [`matching`](crate::Event::matching) has no external id.
    ///
    /// ```
    /// use lunogram::Client;
    /// use lunogram::hooks::Decision;
    ///
    /// // Nothing about test users leaves the process.
    /// let client = Client::builder("sk_123")
    ///     .before_send(|payload| {
    ///         let is_test = payload.external_ids().any(|id| id.starts_with("test_"));
    ///         if is_test { Decision::Drop } else { Decision::Send }
    ///     })
    ///     .build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    pub fn external_ids(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let identifiers = entries(self.member("identifier").unwrap_or_default());
        identifiers.filter_map(|(_, identifier)| member(identifier, "external_id").map(text))
    }

    /// The properties of an event, or the data of traits or of a schedule; empty if it has no data.
    ///
    /// Floats are as exact as `serde_json` reads them: without its feature `float_roundtrip`, the
    /// last digit may differ. Values that the hook does not change are sent exactly.
    #[must_use]
    pub fn data(&self) -> &Map<String, Value> {
        let changed = self.changed_data.as_ref();
        &changed
            .unwrap_or_else(|| self.data.get_or_init(|| self.parse_data()))
            .map
    }

    /// The [`data`](Self::data), to change it. For traits, a removed key keeps its stored value on
    /// the server.
    ///
    /// ```
    /// use lunogram::Client;
    /// use lunogram::hooks::Decision;
    ///
    /// let client = Client::builder("sk_123")
    ///     .before_send(|payload| {
    ///         payload.data_mut().insert("service".to_owned(), "shop".into());
    ///         Decision::Send
    ///     })
    ///     .build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    pub fn data_mut(&mut self) -> &mut Map<String, Value> {
        if self.changed_data.is_none() {
            let data = self.data.take().unwrap_or_else(|| self.parse_data());
            self.changed_data = Some(data);
        }
        &mut self.changed_data.get_or_insert_default().map
    }

    /// The value of a column, if the payload has one.
    ///
    /// ```
    /// use lunogram::Client;
    /// use lunogram::hooks::{Column, Decision};
    ///
    /// // Nothing about the company's own staff.
    /// let client = Client::builder("sk_123")
    ///     .before_send(|payload| match payload.column(Column::Email) {
    ///         Some(email) if email.ends_with("@example.com") => Decision::Drop,
    ///         _ => Decision::Send,
    ///     })
    ///     .build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    #[must_use]
    pub fn column(&self, column: Column) -> Option<&str> {
        self.columns().get(&column).map(String::as_str)
    }

    /// Replaces the value of a column, and returns whether the payload had one. A payload without
    /// the column stays without it, so that an upsert of other traits does not overwrite what the
    /// server has stored.
    ///
    /// The new value has to follow the column's rule: a masked email address is still an email
    /// address.
    pub fn replace_column(&mut self, column: Column, value: impl Into<String>) -> bool {
        let _ = self.columns();
        let stored = self.columns.get_mut();
        let Some(stored) = stored.and_then(|columns| columns.get_mut(&column)) else {
            return false;
        };
        *stored = value.into();
        self.changed_columns = true;
        true
    }

    /// Removes a column and returns its value, if the payload had one. The server keeps what it
    /// has stored.
    pub fn remove_column(&mut self, column: Column) -> Option<String> {
        let _ = self.columns();
        let removed = self.columns.get_mut()?.remove(&column);
        self.changed_columns |= removed.is_some();
        removed
    }

    fn columns(&self) -> &BTreeMap<Column, String> {
        self.columns.get_or_init(|| {
            if self.kind != OutgoingKind::Traits {
                return BTreeMap::new();
            }
            let value = |column: Column| Some((column, text(self.member(column.as_str())?).into()));
            Column::all().filter_map(value).collect()
        })
    }

    fn parse_data(&self) -> Data {
        match self.member("data").map(serde_json::from_str) {
            Some(Ok(map)) => Data {
                map,
                unreadable: false,
            },
            Some(Err(_)) => Data {
                map: Map::new(),
                unreadable: true,
            },
            None => Data::default(),
        }
    }

    /// The value of a member of the payload, as JSON.
    fn member(&self, key: &str) -> Option<&'p str> {
        member(self.json, key)
    }

    /// The bytes to send, or `None` if they are those that were encoded.
    ///
    /// # Errors
    /// Every rule that the changed payload breaks. Data that the hook asked for and that cannot be
    /// parsed is a problem, too: the hook did not see it.
    pub(in crate::delivery) fn finish(self) -> Result<Option<Vec<u8>>, Invalid> {
        let data = self.changed_data.as_ref().or(self.data.get());
        let problems = if data.is_some_and(|data| data.unreadable) {
            let violation = Violation::fixed(ProblemKind::Unserializable, UNREADABLE);
            vec![Problem::new("data", violation)]
        } else if self.changed_data.is_some() || self.changed_columns {
            match rewrite::payload(&self) {
                Ok(json) => return Ok(Some(json)),
                Err(problems) => problems,
            }
        } else {
            return Ok(None);
        };
        let payload = match self.kind {
            OutgoingKind::Event => Payload::Event(self.name()),
            OutgoingKind::Traits => Payload::upsert(self.subject),
            OutgoingKind::Schedule => Payload::Schedule(self.name()),
        };
        Err(Invalid::new(payload, problems))
    }
}

/// Without its content, which may be personal data.
impl fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("kind", &self.kind)
            .field("subject", &self.subject)
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}

/// The value of a member of an object, as JSON.
fn member<'j>(object: &'j str, key: &str) -> Option<&'j str> {
    let (_, value) = entries(object).find(|(name, _)| *name == key)?;
    Some(value)
}

/// The text of a JSON string. Other values are their JSON.
fn text(json: &str) -> Cow<'_, str> {
    let content = json
        .strip_prefix('"')
        .and_then(|json| json.strip_suffix('"'));
    content.map_or(Cow::Borrowed(json), unescaped)
}
