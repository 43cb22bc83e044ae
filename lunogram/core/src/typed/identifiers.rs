//! The identifiers of users and organizations, at run time.

mod serde_form;

pub(crate) use serde_form::ReadIdentifiers;

use super::ToExternalId;
use crate::encode::{Fragment, Writer};
use crate::values::OptionalText;
use lunogram_rules::source::{self, DEFAULT};
use lunogram_rules::{ProblemKind, Violation};
use serde::Serialize;
use uuid::Uuid;

/// One `(source, external id)` pair, with optional metadata.
///
/// ```
/// use lunogram::Identifier;
/// use serde_json::json;
///
/// let id = Identifier::new("cus_9s6XKzkNRiz8i3")
///     .source("stripe")
///     .metadata(json!({"livemode": true}));
/// ```
///
/// It serializes as the API has it, and is checked when it is read:
///
/// ```
/// use lunogram::Identifier;
///
/// let json = r#"{"source":"stripe","external_id":"cus_9s6XKzkNRiz8i3"}"#;
/// let id: Identifier = serde_json::from_str(json)?;
/// assert_eq!(serde_json::to_string(&id)?, json);
/// assert!(serde_json::from_str::<Identifier>(r#"{"external_id": ""}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Identifier {
    source: Option<String>,
    id: String,
    metadata: Option<Fragment>,
}

impl Identifier {
    /// An external id with the source `default`. An id that is blank, has more than 255 characters
    /// or contains U+0000 is refused when the request is encoded.
    pub fn new(external_id: impl ToExternalId) -> Self {
        Self {
            source: None,
            id: external_id.to_external_id().into_owned(),
            metadata: None,
        }
    }

    /// The identifier to which the platform binds the sessions of a user: `user_id` is the external
    /// id for which the session is created, and `auth_method_id` the auth method.
    ///
    /// By default, a session sees only the user with this identifier. The backend adds it to the
    /// user beside the user's own, before it creates the session; otherwise the first request of
    /// the session makes a second user.
    ///
    /// ```
    /// use lunogram::{Identifier, UpsertUserRequest};
    /// use uuid::Uuid;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client();
    /// # let auth_method_id = Uuid::from_u128(7);
    /// let ids = [Identifier::new("user_123"), Identifier::session(auth_method_id, "user_123")];
    /// client.upsert_user(&UpsertUserRequest::new(ids)).await?;
    /// let token = client.create_session(auth_method_id, "user_123").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn session(auth_method_id: Uuid, user_id: impl ToExternalId) -> Self {
        Self::new(user_id).source(format!("session:{auth_method_id}"))
    }

    /// The system that assigned the id, such as `stripe` or `anonymous`. `None` or an empty
    /// source means `default`. A source that is blank, has white space around it, a control
    /// character or more than 255 characters is refused when the request is encoded.
    pub fn source(mut self, source: impl OptionalText) -> Self {
        let source = source.into_text();
        self.source = source.filter(|source| !source.is_empty() && source != DEFAULT);
        self
    }

    /// Data about the identifier itself. The server merges it into the stored metadata, key by key.
    ///
    /// `metadata` has to serialize to an object; otherwise the request is refused when it is
    /// encoded.
    pub fn metadata(mut self, metadata: impl Serialize) -> Self {
        self.metadata = Fragment::optional_object(&metadata);
        self
    }

    /// The source and the external id, as plain text.
    #[doc(hidden)]
    #[must_use]
    pub fn pair(&self) -> (&str, &str) {
        (self.source.as_deref().unwrap_or(DEFAULT), &self.id)
    }

    /// Writes the identifier as an object.
    #[doc(hidden)]
    pub fn encode(&self, writer: &mut Writer<'_>) {
        writer.literal("{");
        if let Some(source) = &self.source {
            writer.literal("\"source\":");
            writer.named(source, source::check);
            writer.literal(",");
        }
        writer.literal("\"external_id\":");
        writer.external_id(&["", ""], &self.id);
        if let Some(metadata) = &self.metadata {
            writer.literal(",\"metadata\":");
            writer.fragment(metadata);
        }
        writer.literal("}");
    }
}

/// A type that is one identifier of a user or an organization: a [`ToExternalId`], an
/// [`Identifier`], and the `StoredIdentifier` of an answer.
///
/// Inboxes take it, since they are read by a single identifier. It is implemented for everything
/// that converts to an [`Identifier`].
///
/// ```
/// use lunogram::inbox::Inbox;
/// use lunogram::{Client, Identifier, ToIdentifier};
///
/// fn inbox_of(client: &Client, visitor: impl ToIdentifier) -> Inbox {
///     client.user_inbox(visitor)
/// }
///
/// # fn example(client: Client) {
/// let known = inbox_of(&client, "user_123");
/// let anonymous = inbox_of(&client, Identifier::new("8c1e").source("anonymous"));
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an identifier",
    label = "not an external id or an identifier",
    note = "for a newtype of an id, write `#[derive(lunogram::ExternalId)]` on it",
    note = "an identifier is an external id (a string, an integer, a `Uuid`, or another type that implements `lunogram::ToExternalId`), or a `lunogram::Identifier`"
)]
pub trait ToIdentifier {
    #[doc(hidden)]
    fn into_identifier(self) -> Identifier;
}

#[diagnostic::do_not_recommend]
impl<T: Into<Identifier>> ToIdentifier for T {
    fn into_identifier(self) -> Identifier {
        self.into()
    }
}

impl<T: ToExternalId> From<T> for Identifier {
    fn from(external_id: T) -> Self {
        Self::new(external_id)
    }
}

/// The identifiers of one subject: at least one [`Identifier`].
///
/// A [`ToExternalId`] converts to one identifier with the source `default`. An empty list is
/// refused when the request is encoded.
///
/// ```
/// use lunogram::{Identifier, Identifiers};
///
/// let one: Identifiers = "user_123".into();
/// let other: Identifiers = 42_u64.into();
/// let both: Identifiers = [
///     Identifier::new("user_123"),
///     Identifier::new("cus_9s6XKzkNRiz8i3").source("stripe"),
/// ]
/// .into();
/// let ids = ["user_123", "user_124"].map(Identifier::new);
/// let collected: Identifiers = ids.into_iter().collect();
/// ```
///
/// They serialize as a list of identifiers, and are checked when they are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifiers(Vec<Identifier>);

impl Identifiers {
    /// Writes the identifiers as a list.
    #[doc(hidden)]
    pub fn encode(&self, writer: &mut Writer<'_>) {
        if self.0.is_empty() {
            writer.report(Violation::fixed(
                ProblemKind::NoSubject,
                "no identifier; add at least one external id",
            ));
            return;
        }
        writer.literal("[");
        for (index, id) in self.0.iter().enumerate() {
            if index > 0 {
                writer.literal(",");
            }
            id.encode(writer);
        }
        writer.literal("]");
    }
}

/// A type that identifies a user or an organization: a [`ToExternalId`], an [`Identifier`], an
/// array or `Vec` of identifiers, [`Identifiers`], and the `User` or `Organization` of an answer.
///
/// It is implemented for everything that converts to [`Identifiers`]. An application's own type
/// derives [`ExternalId`](derive@crate::ExternalId), or has a `From` implementation if it stands
/// for several identifiers:
///
/// ```
/// use lunogram::{Event, Identifier, Identifiers, ToIdentifiers};
///
/// struct Customer {
///     id: u64,
///     stripe_id: String,
/// }
///
/// impl From<&Customer> for Identifiers {
///     fn from(customer: &Customer) -> Self {
///         let in_stripe = Identifier::new(&customer.stripe_id).source("stripe");
///         [Identifier::new(customer.id), in_stripe].into()
///     }
/// }
///
/// fn order_shipped(subject: impl ToIdentifiers) -> Event {
///     Event::new("order_shipped").to(subject)
/// }
///
/// let customer = Customer { id: 7, stripe_id: "cus_9s6XKzkNRiz8i3".to_owned() };
/// let events = [order_shipped(&customer), order_shipped("user_123"), order_shipped(42)];
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot identify a user or an organization",
    label = "not an external id or identifiers",
    note = "for a newtype of an id, write `#[derive(lunogram::ExternalId)]` on it",
    note = "a user or an organization is identified by an external id (a string, an integer, a `Uuid`, or another type that implements `lunogram::ToExternalId`), a `lunogram::Identifier`, or an array or `Vec` of identifiers"
)]
pub trait ToIdentifiers {
    #[doc(hidden)]
    fn into_identifiers(self) -> Identifiers;
}

#[diagnostic::do_not_recommend]
impl<T: Into<Identifiers>> ToIdentifiers for T {
    fn into_identifiers(self) -> Identifiers {
        self.into()
    }
}

impl<T: ToExternalId> From<T> for Identifiers {
    fn from(external_id: T) -> Self {
        Identifier::new(external_id).into()
    }
}

impl From<Identifier> for Identifiers {
    fn from(id: Identifier) -> Self {
        Self(vec![id])
    }
}

impl<const N: usize> From<[Identifier; N]> for Identifiers {
    fn from(ids: [Identifier; N]) -> Self {
        Self(ids.into())
    }
}

impl From<Vec<Identifier>> for Identifiers {
    fn from(ids: Vec<Identifier>) -> Self {
        Self(ids)
    }
}

impl FromIterator<Identifier> for Identifiers {
    fn from_iter<I: IntoIterator<Item = Identifier>>(ids: I) -> Self {
        Self(ids.into_iter().collect())
    }
}

impl Extend<Identifier> for Identifiers {
    fn extend<I: IntoIterator<Item = Identifier>>(&mut self, ids: I) {
        self.0.extend(ids);
    }
}

impl From<&Identifiers> for Identifiers {
    fn from(ids: &Identifiers) -> Self {
        ids.clone()
    }
}
