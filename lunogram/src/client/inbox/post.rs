//! Posting messages into inboxes.

use super::{refused, send_in_sequence};
use crate::client::batches::array;
use crate::client::{Call, Client};
use crate::encode::Payload;
use crate::error::Error;
use crate::model::{LARGEST_BATCH, NewInboxMessage};
use crate::transport::Request;
use crate::wire::{Operation, SubjectKind};

impl Client {
    /// Puts messages into the inboxes of users and organizations.
    ///
    /// They are sent in order, in sequential requests of up to 100 messages to the same kind of
    /// recipient. Each request has the timeout of a whole call. If one fails, [`Error::accepted`]
    /// returns how many messages, counted from the first, were accepted; some of the others may
    /// have been. Because the server recognises a message by its own id, the same call can be
    /// repeated as it is. Without messages nothing is sent.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::{Channel, NewInboxMessage};
    /// use serde_json::json;
    ///
    /// let shipped = NewInboxMessage::new("order_1042_shipped", Channel::Inbox)
    ///     .to("user_123")
    ///     .content(json!({"title": "On its way"}));
    /// let invoice = NewInboxMessage::new("invoice_2026_11", Channel::Inbox)
    ///     .to("org_456")
    ///     .organization()
    ///     .content(json!({"title": "Your invoice"}));
    /// client.post_inbox_messages(&[shipped, invoice]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of every message, each path
    /// starting with the position of its message (`[3].content.amount`), before the first request.
    /// Otherwise an error of the server or the network. The server accepts a message to a recipient
    /// that it does not know, and loses it.
    #[doc(alias("post_user_inbox_messages", "post_organization_inbox_messages"))]
    pub fn post_inbox_messages(&self, messages: &[NewInboxMessage]) -> Call<()> {
        let requests = requests(messages);
        send_in_sequence("post_inbox_messages", self.transport.clone(), requests)
    }
}

/// The requests, each with the number of its messages.
fn requests(messages: &[NewInboxMessage]) -> Result<Vec<(Request, usize)>, Error> {
    let mut requests = Vec::new();
    let mut problems = Vec::new();
    let mut start = 0;
    for run in messages.chunk_by(|one, next| one.subject() == next.subject()) {
        let operation = operation_of(run[0].subject());
        for chunk in run.chunks(LARGEST_BATCH) {
            match array(chunk, start, &NewInboxMessage::encode) {
                Ok(body) => requests.push((Request::with(operation, body), chunk.len())),
                Err(found) => problems.extend(found),
            }
            start += chunk.len();
        }
    }
    if problems.is_empty() {
        Ok(requests)
    } else {
        let operation = operation_of(messages[0].subject());
        Err(refused(operation, Payload::InboxMessages, problems))
    }
}

fn operation_of(recipient: SubjectKind) -> Operation {
    match recipient {
        SubjectKind::User => Operation::PostUserInboxMessages,
        SubjectKind::Organization => Operation::PostOrganizationInboxMessages,
    }
}
