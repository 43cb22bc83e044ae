//! Rows of the append-only sections. A row's key is its index in the log.

use super::row::{MAX_NAMED, Row, names};
use crate::testing::api::RecordedRequest;
use crate::testing::store::{EventTarget, Lost, LostKind, ReceivedEvent};
use serde_json::Value;

pub(super) fn event(index: usize, event: &ReceivedEvent) -> Row {
    let subject = event.subject.as_str();
    let row = Row::new(index.to_string(), event.received_at, subject, &event.name)
        .text("data", &event.data);
    match &event.target {
        EventTarget::Identifiers(identifiers) => {
            row.about(names(identifiers)).metadata(identifiers)
        }
        EventTarget::Match(wanted) => {
            let count = event.reached.len();
            let matched = Value::Object(wanted.clone());
            let mut row = row
                .about(format!("reached {count} by {matched}"))
                .fact("reached", Some(count))
                .text("match", wanted);
            row.reached = event.reached.iter().take(MAX_NAMED).copied().collect();
            row
        }
    }
}

pub(super) fn lost(index: usize, lost: &Lost) -> Row {
    let kind = match lost.kind {
        LostKind::Event => "event",
        LostKind::Schedule => "schedule",
        LostKind::InboxMessage => "message",
        LostKind::InboxMark => "mark",
    };
    Row::new(index.to_string(), lost.received_at, kind, &lost.name)
        .about(names(&lost.identifiers))
        .problem(&lost.reason)
        .fact("subject", Some(lost.subject.as_str()))
        .text("data", &lost.data)
        .metadata(&lost.identifiers)
}

pub(super) fn refused(index: usize, request: &RecordedRequest) -> Row {
    let status = request.status.to_string();
    let name = format!("{} {}", request.method, request.path);
    let answer = |part| request.answer.as_ref()?.get(part)?.as_str();
    let query = request.query.iter();
    let query: Vec<_> = query
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let no_detail = if request.status < 400 {
        "not a path of the API, and answered with a web page"
    } else {
        "no reason"
    };
    let row = Row::new(index.to_string(), request.received_at, status, &name)
        .problem(answer("detail").unwrap_or(no_detail))
        .fact("answer", answer("title"))
        .fact(
            "query",
            Some(query.join(" ")).filter(|query| !query.is_empty()),
        )
        .fact("key", Some("missing").filter(|_| !request.authorization));
    match &request.body {
        Some(body) => row.text("body", body),
        None => row.fact("body", Some("empty or not JSON")),
    }
}
