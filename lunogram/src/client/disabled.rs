//! A client that checks what it is given, and sends nothing.

use super::{Client, Setup};
use crate::clock::Clock;
use crate::delivery::{Delivering, Hooks, QueueOptions, Worker};
use crate::error::{Error, ErrorKind};
use crate::model::DEFAULT_PAGE;
use crate::transport::{Request, Response};
use crate::wire::{Operation, Outcome};
use bytes::Bytes;
use chrono::Utc;
use lunogram_rules::source;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

impl Client {
    /// A client that checks payloads and sends nothing: for development without a server, for
    /// deployments without messaging, and for tests that assert no payload.
    ///
    /// It needs no key, opens no connection and starts no thread. An invalid payload is still
    /// [`Invalid`](crate::ErrorKind::Invalid). A call succeeds, and what it answers is what it was
    /// sent:
    ///
    /// | call | answer |
    /// |---|---|
    /// | [`send`](Self::send), deletions, members, devices, marks | success |
    /// | [`track`](Self::track), [`identify`](Self::identify) | success; nothing is queued, and [`stats`](Self::stats) count nothing |
    /// | [`receipts`](Self::receipts) | [`Fate::Delivered`](crate::queue::Fate::Delivered) |
    /// | [`upsert_user`](Self::upsert_user), [`upsert_organization`](Self::upsert_organization) | the traits that were sent, with version 0 and ids that are [`Uuid::nil`](uuid::Uuid::nil) |
    /// | [`schedule`](Self::schedule) | the name, data and moment that were sent, with an id that is [`Uuid::nil`](uuid::Uuid::nil) |
    /// | [`user_inbox`](Self::user_inbox), [`organization_inbox`](Self::organization_inbox) | an empty inbox |
    /// | [`create_session`](Self::create_session), [`vapid_public_key`](Self::vapid_public_key) | an error of the kind [`Disabled`](crate::ErrorKind::Disabled): a made-up token or key would fail later, in another program |
    ///
    /// Nothing is stored: deleting succeeds, and an inbox stays empty after a message was posted.
    /// A test that asserts payloads takes [`testing::Server`](crate::testing::Server) or
    /// [`testing::Recorder`](crate::testing::Recorder) instead.
    ///
    /// ```
    /// use lunogram::{Client, ErrorKind, Event, UpsertUserRequest};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), lunogram::Error> {
    /// let configured = std::env::var_os("LUNOGRAM_API_KEY").is_some();
    /// # let configured = false;
    /// let client = if configured { Client::from_env()? } else { Client::disabled() };
    ///
    /// let request = UpsertUserRequest::new("user_123").email("jane@example.com");
    /// let user = client.upsert_user(&request).await?;
    /// assert_eq!(user.email.as_deref(), Some("jane@example.com"));
    /// client.track(&Event::new("page_viewed").to("user_123"))?;
    ///
    /// let error = client.track(&Event::new("page_viewed").to("")).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Invalid);
    /// # Ok(())
    /// # }
    /// ```
    pub fn disabled() -> Self {
        let setup = Setup {
            queue: QueueOptions::default(),
            hooks: Hooks::default(),
            clock: Clock::default(),
            worker: Arc::new(Worker::new(Clock::default())),
        };
        Self {
            transport: None,
            delivering: Arc::new(Delivering::disabled()),
            setup: Arc::new(setup),
        }
    }

    pub(crate) fn is_disabled(&self) -> bool {
        self.transport.is_none()
    }
}

/// The answer to a request that is not sent.
///
/// # Errors
/// If only a server can issue what the request asks for.
pub(super) fn answer(request: &Request) -> Result<Response, Error> {
    let operation = request.operation();
    let answer = match operation {
        Operation::UpsertUser | Operation::UpsertOrganization => entity(sent(request)),
        Operation::UpsertUserScheduled | Operation::UpsertOrganizationScheduled => {
            accepted(sent(request))
        }
        Operation::GetUserInbox | Operation::GetOrganizationInbox => page(request),
        Operation::GetUserInboxCount | Operation::GetOrganizationInboxCount => {
            json!({"unread": 0, "total": 0})
        }
        Operation::CreateSession | Operation::GetVapidPublicKey => {
            return Err(no_answer().during(operation));
        }
        Operation::DeleteUser
        | Operation::DeleteOrganization
        | Operation::PostUserEvents
        | Operation::PostOrganizationEvents
        | Operation::DeleteUserScheduled
        | Operation::DeleteOrganizationScheduled
        | Operation::RegisterDevice
        | Operation::AddOrganizationUser
        | Operation::RemoveOrganizationUser
        | Operation::PostUserInboxMessages
        | Operation::PostUserInboxRead
        | Operation::PostUserInboxArchived
        | Operation::PostOrganizationInboxMessages
        | Operation::PostOrganizationInboxRead
        | Operation::PostOrganizationInboxArchived => return Ok(Response::empty()),
    };
    Ok(Response {
        status: 200,
        body: Bytes::from(answer.to_string()),
    })
}

/// The error of a call that a disabled client cannot answer.
pub(super) fn no_answer() -> Error {
    Error::new(
        ErrorKind::Disabled,
        Outcome::Unsent,
        "the client is disabled, and only a server can answer this call; use a client with a key, or `testing::Server` in a test",
    )
}

/// The body of a request, which is an object.
fn sent(request: &Request) -> Map<String, Value> {
    let body = request.body().map_or(&[][..], |body| body);
    serde_json::from_slice(body).unwrap_or_default()
}

/// A user or an organization, made of its upsert.
fn entity(mut upsert: Map<String, Value>) -> Value {
    let now = Utc::now();
    let stored = json!({
        "id": Uuid::nil(),
        "project_id": Uuid::nil(),
        "version": 0,
        "created_at": now,
        "updated_at": now,
    });
    if let Some(Value::Array(identifiers)) = upsert.get_mut("identifier") {
        for identifier in identifiers {
            let Value::Object(identifier) = identifier else {
                continue;
            };
            identifier.entry("source").or_insert(source::DEFAULT.into());
            identifier.insert("id".to_owned(), json!(Uuid::nil()));
            identifier.insert("created_at".to_owned(), json!(now));
            identifier.insert("updated_at".to_owned(), json!(now));
        }
    }
    if let Value::Object(stored) = stored {
        upsert.extend(stored);
    }
    Value::Object(upsert)
}

/// The confirmation of a schedule, made of its request.
fn accepted(mut schedule: Map<String, Value>) -> Value {
    let moment = ["scheduled_at", "start_at"]
        .iter()
        .find_map(|key| schedule.remove(*key))
        .unwrap_or_else(|| json!(Utc::now()));
    schedule.insert("scheduled_at".to_owned(), moment);
    schedule.entry("id").or_insert(json!(Uuid::nil()));
    Value::Object(schedule)
}

/// The empty page that a query asks for.
fn page(request: &Request) -> Value {
    let number = |key| {
        let pair = request.pairs().iter().find(|(name, _)| *name == key);
        pair.and_then(|(_, value)| value.parse::<u64>().ok())
    };
    json!({
        "results": [],
        "total": 0,
        "limit": number("limit").unwrap_or(DEFAULT_PAGE.into()),
        "offset": number("offset").unwrap_or(0),
    })
}
