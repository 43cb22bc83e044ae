//! The operations of inboxes: what they are sent, and what they answer.

use super::answer::{Answer, moment};
use super::body::{external_id, identifiers};
use super::fields::{Fields, Malformed, Null, date_time, items, object, string, uuid};
use super::query::Query;
use super::store::{
    Counted, InboxFilter, Mark, Moment, SentIdentifier, SentInboxMessage, SentMark, Store,
    StoredInboxMessage, SubjectKind, word,
};
use crate::model::Channel;
use crate::transport::Operation;
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

/// The most items that a request may have.
const MOST: usize = 100;

/// The messages of a page where the query does not say how many.
const DEFAULT_LIMIT: usize = 20;

/// What is asked of the inboxes.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) operation: Operation,
    pub(super) kind: SubjectKind,
    pub(super) query: &'a Query,
    pub(super) body: &'a Value,
    pub(super) project_id: Uuid,
}

/// Answers where it is an operation of inboxes.
pub(super) fn perform(
    store: &mut Store,
    asked: Asked<'_>,
    at: &mut Moment<'_>,
) -> Result<Option<Answer>, Answer> {
    let Asked {
        kind, query, body, ..
    } = asked;
    let answer = match asked.operation {
        Operation::PostUserInboxMessages | Operation::PostOrganizationInboxMessages => {
            store.post_inbox(kind, few(body, message)?, at);
            Answer::empty(StatusCode::ACCEPTED)
        }
        Operation::PostUserInboxRead | Operation::PostOrganizationInboxRead => {
            store.mark_inbox(kind, Mark::Read, few(body, mark)?, at);
            Answer::empty(StatusCode::ACCEPTED)
        }
        Operation::PostUserInboxArchived | Operation::PostOrganizationInboxArchived => {
            store.mark_inbox(kind, Mark::Archived, few(body, mark)?, at);
            Answer::empty(StatusCode::ACCEPTED)
        }
        Operation::GetUserInbox | Operation::GetOrganizationInbox => {
            let (identifier, channel) = whose(query)?;
            let filter = filter(query, channel)?;
            let (page, total) = store.inbox(kind, identifier, &filter, at.now())?;
            let page = page
                .into_iter()
                .map(|found| stored(found, asked.project_id));
            let list = json!({
                "results": page.collect::<Vec<_>>(),
                "total": total,
                "limit": filter.limit,
                "offset": filter.offset,
            });
            Answer::json(StatusCode::OK, list)
        }
        Operation::GetUserInboxCount | Operation::GetOrganizationInboxCount => {
            let (identifier, channel) = whose(query)?;
            let Counted { unread, total } =
                store.count_inbox(kind, identifier, channel, at.now())?;
            Answer::json(StatusCode::OK, json!({"unread": unread, "total": total}))
        }
        _ => return Ok(None),
    };
    Ok(Some(answer))
}

/// The items of a batch, which are not too many.
fn few<T>(
    body: &Value,
    read: impl Fn(&Value, String) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    if body.as_array().is_some_and(|batch| batch.len() > MOST) {
        return Err(Malformed::new("", "must have at most 100 items"));
    }
    items(body, "", read)
}

fn message(value: &Value, path: String) -> Result<SentInboxMessage, Malformed> {
    let fields = Fields::of(value, path)?;
    let tags = fields.optional("tags", Null::Refused, |tags, path| match tags {
        Value::Array(none) if none.is_empty() => Ok(Vec::new()),
        tags => items(tags, &path, string),
    })?;
    Ok(SentInboxMessage {
        target: fields.required("target", identifiers)?,
        identifier: fields.required("identifier", external_id)?,
        channel: fields.required("channel", |channel, path| {
            let known = channel.as_str().and_then(word);
            known.ok_or_else(|| Malformed::new(path, "must be one of the allowed values"))
        })?,
        sender_identity_id: fields.optional("sender_identity_id", Null::Allowed, uuid)?,
        campaign_id: fields.optional("campaign_id", Null::Allowed, uuid)?,
        broadcast_id: fields.optional("broadcast_id", Null::Allowed, uuid)?,
        content: fields.optional("content", Null::Allowed, object)?,
        data: fields.optional("data", Null::Allowed, object)?,
        tags: tags.unwrap_or_default(),
        priority: fields.optional("priority", Null::Refused, |priority, path| {
            let priority = priority.as_u64().filter(|number| (1..=5).contains(number));
            let priority = priority.and_then(|number| u8::try_from(number).ok());
            priority.ok_or_else(|| Malformed::new(path, "must be an integer from 1 to 5"))
        })?,
        source: fields.optional("source", Null::Allowed, string)?,
        scheduled_at: fields.optional("scheduled_at", Null::Allowed, date_time)?,
        expires_at: fields.optional("expires_at", Null::Allowed, date_time)?,
    })
}

fn mark(value: &Value, path: String) -> Result<SentMark, Malformed> {
    let fields = Fields::of(value, path)?;
    Ok(SentMark {
        target: fields.required("target", identifiers)?,
        message_id: fields.required("message_id", uuid)?,
    })
}

/// Whose inbox, and which channel of it.
fn whose(query: &Query) -> Result<(SentIdentifier, Channel), Malformed> {
    let source = query.required("source")?.to_owned();
    let external_id = query.required("external_id")?.to_owned();
    let channel = known("channel", query.required("channel")?)?;
    let identifier = SentIdentifier::new(Some(source), external_id, serde_json::Map::new());
    Ok((identifier, channel))
}

fn filter(query: &Query, channel: Channel) -> Result<InboxFilter, Malformed> {
    let limit = query.integer("limit", 1..=100)?;
    let offset = query.integer("offset", 0..=i64::MAX)?;
    let status = query.optional("status").map(|text| known("status", text));
    let tags = query.optional("tags").unwrap_or_default();
    Ok(InboxFilter {
        channel,
        status: status.transpose()?,
        tags: tags
            .split(',')
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect(),
        source: query.optional("message_source").map(str::to_owned),
        priority: query.integer("priority", i64::MIN..=i64::MAX)?,
        limit: limit.map_or(DEFAULT_LIMIT, whole),
        offset: offset.map_or(0, whole),
    })
}

/// A parameter that is one of the contract's words.
fn known<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, Malformed> {
    word(text).ok_or_else(|| Malformed::in_query(name, "must be one of the allowed values"))
}

fn whole(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn stored(message: &StoredInboxMessage, project_id: Uuid) -> Value {
    let mut body = json!({
        "id": message.id,
        "project_id": project_id,
        "external_id": message.identifier.external_id,
        "channel": message.channel.as_str(),
        "content": message.content,
        "data": message.data,
        "tags": message.tags,
        "priority": message.priority,
        "scheduled_at": moment(message.scheduled_at),
        "created_at": moment(message.created_at),
        "updated_at": moment(message.updated_at),
    });
    let owner = match message.subject {
        SubjectKind::User => "user_id",
        SubjectKind::Organization => "organization_id",
    };
    body[owner] = json!(message.subject_id);
    for (name, id) in [
        ("sender_identity_id", message.sender_identity_id),
        ("campaign_id", message.campaign_id),
        ("broadcast_id", message.broadcast_id),
    ] {
        if let Some(id) = id {
            body[name] = json!(id);
        }
    }
    for (name, when) in [
        ("expires_at", message.expires_at),
        ("read_at", message.read_at),
        ("archived_at", message.archived_at),
    ] {
        if let Some(when) = when {
            body[name] = json!(moment(when));
        }
    }
    if let Some(source) = message.source {
        body["source"] = json!(source.as_str());
    }
    body
}
