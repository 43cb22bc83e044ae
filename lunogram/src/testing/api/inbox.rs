//! The inbox operations: request bodies, queries and responses.

use super::access::Caller;
use super::body::{external_id, identifiers};
use super::fields::{Fields, Malformed, Null, date_time, items, object, string, uuid};
use super::query::Query;
use super::response::{ApiResponse, timestamp};
use crate::model::{Channel, DEFAULT_PAGE, LARGEST_BATCH, LARGEST_PAGE, PRIORITIES};
use crate::testing::store::{
    Context, InboxCounts, InboxFilter, Mark, SentIdentifier, SentInboxMessage, SentMark, Store,
    StoredInboxMessage, enum_value,
};
use crate::wire::{Operation, SubjectKind};
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

/// The input of an inbox operation.
#[derive(Clone, Copy)]
pub(super) struct InboxRequest<'a> {
    pub(super) operation: Operation,
    pub(super) kind: SubjectKind,
    pub(super) caller: &'a Caller,
    pub(super) query: &'a Query,
    pub(super) body: &'a Value,
    pub(super) project_id: Uuid,
}

/// Performs an inbox operation; `None` for any other operation.
pub(super) fn perform(
    store: &mut Store,
    request: InboxRequest<'_>,
    context: &mut Context<'_>,
) -> Result<Option<ApiResponse>, ApiResponse> {
    let InboxRequest {
        kind,
        caller,
        query,
        body,
        ..
    } = request;
    let messages = |body| {
        let mut messages = limited_items(body, message)?;
        for message in &mut messages {
            caller.bind(&mut message.target);
        }
        Ok::<_, Malformed>(messages)
    };
    let marks = |body| {
        let mut marks = limited_items(body, mark)?;
        for mark in &mut marks {
            caller.bind(&mut mark.target);
        }
        Ok::<_, Malformed>(marks)
    };
    let inbox = |query| {
        let (identifier, channel) = inbox_of(query)?;
        let bound = caller.bound().cloned();
        Ok::<_, Malformed>((bound.unwrap_or(identifier), channel))
    };
    let response = match request.operation {
        Operation::PostUserInboxMessages | Operation::PostOrganizationInboxMessages => {
            store.post_inbox(kind, messages(body)?, context);
            ApiResponse::empty(StatusCode::ACCEPTED)
        }
        Operation::PostUserInboxRead | Operation::PostOrganizationInboxRead => {
            store.mark_inbox(kind, Mark::Read, marks(body)?, context);
            ApiResponse::empty(StatusCode::ACCEPTED)
        }
        Operation::PostUserInboxArchived | Operation::PostOrganizationInboxArchived => {
            store.mark_inbox(kind, Mark::Archived, marks(body)?, context);
            ApiResponse::empty(StatusCode::ACCEPTED)
        }
        Operation::GetUserInbox | Operation::GetOrganizationInbox => {
            let (identifier, channel) = inbox(query)?;
            let filter = filter(query, channel)?;
            let (page, total) = store.inbox(kind, identifier, &filter, context.now())?;
            let page = page
                .into_iter()
                .map(|found| message_json(found, request.project_id));
            let list = json!({
                "results": page.collect::<Vec<_>>(),
                "total": total,
                "limit": filter.limit,
                "offset": filter.offset,
            });
            ApiResponse::json(StatusCode::OK, list)
        }
        Operation::GetUserInboxCount | Operation::GetOrganizationInboxCount => {
            let (identifier, channel) = inbox(query)?;
            let InboxCounts { unread, total } =
                store.count_inbox(kind, identifier, channel, context.now())?;
            ApiResponse::json(StatusCode::OK, json!({"unread": unread, "total": total}))
        }
        _ => return Ok(None),
    };
    Ok(Some(response))
}

/// Reads the items of a batch of limited size.
fn limited_items<T>(
    body: &Value,
    read: impl Fn(&Value, String) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    if body
        .as_array()
        .is_some_and(|batch| batch.len() > LARGEST_BATCH)
    {
        let problem = format!("must have at most {LARGEST_BATCH} items");
        return Err(Malformed::new("", problem));
    }
    items(body, "", read)
}

fn message(value: &Value, path: String) -> Result<SentInboxMessage, Malformed> {
    let fields = Fields::of(value, path)?;
    let tags = fields.optional("tags", Null::Refused, |tags, path| match tags {
        Value::Array(empty) if empty.is_empty() => Ok(Vec::new()),
        tags => items(tags, &path, string),
    })?;
    Ok(SentInboxMessage {
        target: fields.required("target", identifiers)?,
        identifier: fields.required("identifier", external_id)?,
        channel: fields.required("channel", |channel, path| {
            let value = channel.as_str().and_then(enum_value);
            value.ok_or_else(|| Malformed::new(path, "must be one of the allowed values"))
        })?,
        sender_identity_id: fields.optional("sender_identity_id", Null::Allowed, uuid)?,
        campaign_id: fields.optional("campaign_id", Null::Allowed, uuid)?,
        broadcast_id: fields.optional("broadcast_id", Null::Allowed, uuid)?,
        content: fields.optional("content", Null::Allowed, object)?,
        data: fields.optional("data", Null::Allowed, object)?,
        tags: tags.unwrap_or_default(),
        priority: fields.optional("priority", Null::Refused, |priority, path| {
            let priority = priority.as_u64();
            let priority = priority.and_then(|number| u8::try_from(number).ok());
            let priority = priority.filter(|number| PRIORITIES.contains(number));
            priority.ok_or_else(|| {
                let (least, most) = (PRIORITIES.start(), PRIORITIES.end());
                Malformed::new(path, format!("must be an integer from {least} to {most}"))
            })
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

/// The identifier of the inbox's subject, and the channel.
fn inbox_of(query: &Query) -> Result<(SentIdentifier, Channel), Malformed> {
    let source = query.required("source")?.to_owned();
    let external_id = query.required("external_id")?.to_owned();
    let channel = enum_parameter("channel", query.required("channel")?)?;
    // Unlike in a body, an empty source does not mean the default one.
    Ok((SentIdentifier::exact(source, external_id), channel))
}

fn filter(query: &Query, channel: Channel) -> Result<InboxFilter, Malformed> {
    let limit = query.integer("limit", 1..=i64::from(LARGEST_PAGE))?;
    let offset = query.integer("offset", 0..=i64::MAX)?;
    let status = query
        .optional("status")
        .map(|text| enum_parameter("status", text));
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
        limit: limit.map_or(DEFAULT_PAGE as usize, to_usize),
        offset: offset.map_or(0, to_usize),
    })
}

/// Parses a parameter whose values the contract enumerates.
fn enum_parameter<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, Malformed> {
    enum_value(text).ok_or_else(|| Malformed::in_query(name, "must be one of the allowed values"))
}

fn to_usize(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn message_json(message: &StoredInboxMessage, project_id: Uuid) -> Value {
    let mut body = json!({
        "id": message.id,
        "project_id": project_id,
        "external_id": message.identifier.external_id,
        "channel": message.channel.as_str(),
        "content": message.content,
        "data": message.data,
        "tags": message.tags,
        "priority": message.priority,
        "scheduled_at": timestamp(message.scheduled_at),
        "created_at": timestamp(message.created_at),
        "updated_at": timestamp(message.updated_at),
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
    for (name, time) in [
        ("expires_at", message.expires_at),
        ("read_at", message.read_at),
        ("archived_at", message.archived_at),
    ] {
        if let Some(time) = time {
            body[name] = json!(timestamp(time));
        }
    }
    if let Some(source) = message.source {
        body["source"] = json!(source.as_str());
    }
    body
}
