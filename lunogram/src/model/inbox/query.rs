//! Queries of an inbox.

use super::{Channel, InboxSource, InboxStatus, PRIORITIES, WRONG_PRIORITY};
use crate::encode::Payload;
use lunogram_core::{Identifier, Invalid, Problem};
use lunogram_rules::{ProblemKind, Violation, column, external_id, source};

/// The parameters of a URL's query, in plain text: the transport encodes them.
pub(crate) type Parameters = Vec<(&'static str, String)>;

/// The number of messages on a page if the query has no limit.
pub(crate) const DEFAULT_PAGE: u32 = 20;

/// The maximum number of messages on a page.
pub(crate) const LARGEST_PAGE: u32 = 100;

/// Selects messages of one channel in an inbox.
///
/// By default, a query selects every message that is due, not expired and not archived.
///
/// ```
/// use lunogram::inbox::{Channel, InboxQuery, InboxStatus};
///
/// let query = InboxQuery::new(Channel::Inbox)
///     .status(InboxStatus::Unread)
///     .tags(["orders"])
///     .limit(50);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a query does nothing until it is sent"]
pub struct InboxQuery {
    channel: Channel,
    status: Option<InboxStatus>,
    tags: Vec<String>,
    source: Option<InboxSource>,
    priority: Option<u8>,
    limit: Option<u32>,
    offset: u64,
}

impl InboxQuery {
    /// Selects the messages of a channel.
    pub fn new(channel: Channel) -> Self {
        Self {
            channel,
            status: None,
            tags: Vec::new(),
            source: None,
            priority: None,
            limit: None,
            offset: 0,
        }
    }

    /// Only messages with this status. By default, unread and read messages.
    pub fn status(mut self, status: impl Into<Option<InboxStatus>>) -> Self {
        self.status = status.into();
        self
    }

    /// Only messages that have all of these tags, and those of earlier calls.
    pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.tags.extend(tags.into_iter().map(Into::into));
        self
    }

    /// Only messages from this kind of sending.
    pub fn source(mut self, source: impl Into<Option<InboxSource>>) -> Self {
        self.source = source.into();
        self
    }

    /// Only messages with this priority, 1 to 5.
    pub fn priority(mut self, priority: impl Into<Option<u8>>) -> Self {
        self.priority = priority.into();
        self
    }

    /// The maximum number of messages on a page: 1 to 100, 20 by default.
    pub fn limit(mut self, limit: impl Into<Option<u32>>) -> Self {
        self.limit = limit.into();
        self
    }

    /// The number of messages to skip. 0 by default.
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    pub(crate) fn first(&self) -> u64 {
        self.offset
    }

    /// Sets the size of a page, unless it is set.
    pub(crate) fn or_limit(mut self, limit: u32) -> Self {
        self.limit = self.limit.or(Some(limit));
        self
    }

    /// The parameters of the request that reads a page of the subject's inbox.
    ///
    /// # Errors
    /// Every problem of the query.
    pub(crate) fn parameters(&self, subject: &Identifier) -> Result<Parameters, Invalid> {
        let mut problems = Vec::new();
        let mut parameters = of_inbox(subject, self.channel, &mut problems);
        if let Some(status) = self.status {
            parameters.push(("status", status.as_str().to_owned()));
        }
        if !self.tags.is_empty() {
            for (index, tag) in self.tags.iter().enumerate() {
                if let Some(violation) = wrong_with_tag(tag) {
                    problems.push(Problem::new(format!("tags[{index}]"), violation));
                }
            }
            parameters.push(("tags", self.tags.join(",")));
        }
        if let Some(source) = self.source {
            parameters.push(("message_source", source.as_str().to_owned()));
        }
        if let Some(priority) = self.priority {
            if !PRIORITIES.contains(&priority) {
                problems.push(Problem::new("priority", WRONG_PRIORITY));
            }
            parameters.push(("priority", priority.to_string()));
        }
        if let Some(limit) = self.limit {
            if !(1..=LARGEST_PAGE).contains(&limit) {
                problems.push(Problem::new(
                    "limit",
                    Violation::fixed(ProblemKind::OutOfRange, "a page has 1 to 100 messages; write a limit in that range, and read the rest from further pages"),
                ));
            }
            parameters.push(("limit", limit.to_string()));
        }
        if self.offset > 0 {
            parameters.push(("offset", self.offset.to_string()));
        }
        checked(parameters, problems)
    }
}

/// The parameters of the request that counts the messages of a channel in an inbox.
///
/// # Errors
/// An empty external id.
pub(crate) fn inbox_parameters(
    subject: &Identifier,
    channel: Channel,
) -> Result<Parameters, Invalid> {
    let mut problems = Vec::new();
    let parameters = of_inbox(subject, channel, &mut problems);
    checked(parameters, problems)
}

fn of_inbox(subject: &Identifier, channel: Channel, problems: &mut Vec<Problem>) -> Parameters {
    let (source, id) = subject.pair();
    for (path, verdict) in [
        ("source", source::check(source)),
        ("external_id", external_id::check(id)),
    ] {
        if let Err(violation) = verdict {
            problems.push(Problem::new(path, violation));
        }
    }
    vec![
        ("source", source.to_owned()),
        ("external_id", id.to_owned()),
        ("channel", channel.as_str().to_owned()),
    ]
}

fn checked(parameters: Parameters, problems: Vec<Problem>) -> Result<Parameters, Invalid> {
    if problems.is_empty() {
        Ok(parameters)
    } else {
        Err(Invalid::new(Payload::InboxQuery, problems))
    }
}

/// Tags are sent as one comma-separated parameter.
fn wrong_with_tag(tag: &str) -> Option<Violation> {
    let message = if tag.is_empty() {
        "an empty tag; leave it out"
    } else if tag.contains(',') {
        "a tag with a comma, which the server would split in two; write each tag on its own"
    } else {
        return column::text_without_nul(tag).err();
    };
    Some(Violation::fixed(ProblemKind::Tag, message))
}
