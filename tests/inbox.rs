//! Inboxes: sending, reading and marking messages.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::poll_immediate;
use futures_util::stream::FusedStream;
use futures_util::{StreamExt, TryStreamExt};
use lunogram::inbox::{
    Channel, Inbox, InboxMessage, InboxQuery, InboxSource, InboxStatus, NewInboxMessage,
};
use lunogram::testing::{Fault, LostKind, Server};
use lunogram::{
    Client, Error, ErrorKind, Identifier, UpsertOrganizationRequest, UpsertUserRequest,
};
use lunogram_tests::raw::{Raw, Reply};
use lunogram_tests::wire::paths;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

async fn server_with_jane() -> (Server, Client) {
    let server = Server::start().expect("a port");
    let client = server.client();
    client
        .upsert_user(&UpsertUserRequest::new("jane"))
        .await
        .expect("a user");
    (server, client)
}

fn message(id: impl Into<Identifier>) -> NewInboxMessage {
    NewInboxMessage::new(id, Channel::Inbox).to("jane")
}

/// Messages that became due one after the other, in this order.
fn numbered(count: u32) -> Vec<NewInboxMessage> {
    let start = Utc::now() - TimeDelta::days(1);
    (0..count)
        .map(|number| message(number).scheduled_at(start + TimeDelta::seconds(number.into())))
        .collect()
}

fn in_app() -> InboxQuery {
    InboxQuery::new(Channel::Inbox)
}

/// The external ids, in the order of the response.
fn ids(messages: &[InboxMessage]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| message.external_id.as_deref().expect("an id"))
        .collect()
}

async fn listed(inbox: &Inbox, query: &InboxQuery) -> Vec<String> {
    let page = inbox.page(query).await.expect("a page");
    assert_eq!(page.total, page.results.len() as u64);
    let mut ids: Vec<_> = ids(&page.results).into_iter().map(str::to_owned).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn every_field_of_a_message_can_be_read_back() -> Result<(), Error> {
    let (server, client) = server_with_jane().await;
    let now = Utc::now();
    let (sender, campaign, broadcast) =
        (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
    let bare = message("bare");
    let full = NewInboxMessage::new(Identifier::new("full").source("shop"), Channel::Email)
        .to("jane")
        .sender_identity(sender)
        .campaign(campaign)
        .broadcast(broadcast)
        .content(json!({"title": "Hello", "gone": null}))
        .data(json!({"order": 7}))
        .tags(["a", "b"])
        .priority(1)
        .source(InboxSource::Campaign)
        .scheduled_at(now - TimeDelta::hours(1))
        .expires_at(now + TimeDelta::hours(1));
    client.post_inbox_messages(&[bare, full]).await?;

    let user = server.user("jane").expect("jane").id;
    let page = client.user_inbox("jane").page(&in_app()).await?;
    assert_eq!((page.total, page.limit, page.offset), (1, 20, 0));
    let bare = &page.results[0];
    assert_eq!(bare.external_id.as_deref(), Some("bare"));
    assert_eq!((bare.priority, bare.status()), (3, InboxStatus::Unread));
    assert_eq!((bare.user_id, bare.organization_id), (Some(user), None));
    assert_eq!(bare.project_id, server.project_id());
    assert!(bare.content.is_empty() && bare.data.is_empty() && bare.tags.is_empty());
    assert_eq!((bare.expires_at, bare.source.as_deref()), (None, None));

    let query = InboxQuery::new(Channel::Email);
    let page = client.user_inbox("jane").page(&query).await?;
    let full = &page.results[0];
    assert_eq!(full.sender_identity_id, Some(sender));
    assert_eq!(full.campaign_id, Some(campaign));
    assert_eq!(full.broadcast_id, Some(broadcast));
    assert_eq!(
        full.content_as::<Value>().expect("JSON"),
        json!({"title": "Hello", "gone": null})
    );
    assert_eq!(full.data_as::<Value>().expect("JSON"), json!({"order": 7}));
    assert_eq!(full.tags, ["a", "b"]);
    assert_eq!(
        (full.priority, full.source.as_deref()),
        (1, Some("campaign"))
    );
    assert_eq!(full.scheduled_at, now - TimeDelta::hours(1));
    assert_eq!(full.expires_at, Some(now + TimeDelta::hours(1)));
    assert_eq!(server.user_inbox("jane")[1].identifier.source, "shop");
    Ok(())
}

#[tokio::test]
async fn messages_that_the_server_cannot_store_are_refused_with_every_problem() {
    let (server, client) = server_with_jane().await;
    let now = Utc::now();
    let messages = [
        message("fine"),
        message("")
            .content(json!([1]))
            .data(BTreeMap::from([("ratio", f64::NAN)]))
            .priority(0),
        NewInboxMessage::new("sms", Channel::Sms)
            .to([])
            .content(json!({"amount": 9_007_199_254_740_993_u64}))
            .priority(6),
        message("push")
            .sender_identity(Uuid::nil())
            .scheduled_at(now)
            .expires_at(now),
    ];
    let refused = client.post_inbox_messages(&messages).await;
    assert_eq!(
        paths(&refused),
        [
            "[1].identifier.external_id",
            "[1].content",
            "[1].data.ratio",
            "[1].priority",
            "[2].target",
            "[2].sender_identity_id",
            "[2].content.amount",
            "[2].priority",
            "[3].sender_identity_id",
            "[3].expires_at",
        ]
    );
    let error = refused.expect_err("it was refused");
    assert_eq!(error.operation(), Some("postUserInboxMessages"));
    assert_eq!(error.accepted(), 0);

    let query = InboxQuery::new(Channel::Inbox)
        .tags(["fine", "a,b", ""])
        .priority(9)
        .limit(101);
    let expected = ["external_id", "tags[1]", "tags[2]", "priority", "limit"];
    assert_eq!(paths(&client.user_inbox("").page(&query).await), expected);
    let query = in_app().limit(0);
    assert_eq!(
        paths(&client.organization_inbox("jane").page(&query).await),
        ["limit"]
    );
    let count = client.user_inbox("").count(Channel::Inbox).await;
    assert_eq!(paths(&count), ["external_id"]);
    let mark = client.user_inbox("").mark_read([Uuid::nil()]).await;
    assert_eq!(paths(&mark), ["[0].target[0].external_id"]);
    let sent = server.requests();
    assert_eq!(sent.len(), 1, "only the upsert: {sent:?}");
}

#[tokio::test]
async fn more_than_a_hundred_messages_go_in_several_requests_in_order() -> Result<(), Error> {
    let (server, client) = server_with_jane().await;
    server.reset();
    client.post_inbox_messages(&[]).await?;
    client.user_inbox("jane").mark_read([] as [Uuid; 0]).await?;
    assert!(server.requests().is_empty());

    client.upsert_user(&UpsertUserRequest::new("jane")).await?;
    let messages = numbered(250);
    client.post_inbox_messages(&messages).await?;
    let sizes = |path: &str| -> Vec<_> {
        let requests = server.requests().into_iter();
        let ours = requests.filter(|request| request.path.ends_with(path));
        ours.map(|request| request.body.expect("JSON").as_array().map_or(0, Vec::len))
            .collect()
    };
    assert_eq!(sizes("/inbox"), [100, 100, 50]);
    let stored = server.user_inbox("jane");
    let order: Vec<_> = stored
        .iter()
        .map(|message| message.identifier.external_id.clone())
        .collect();
    let expected: Vec<_> = (0..250).map(|number: u32| number.to_string()).collect();
    assert_eq!(order, expected);

    client
        .user_inbox("jane")
        .archive(stored.iter().map(|message| message.id))
        .await?;
    assert_eq!(sizes("/archived"), [100, 100, 50]);
    let count = client.user_inbox("jane").count(Channel::Inbox).await?;
    assert_eq!((count.unread, count.total), (0, 0));
    Ok(())
}

#[tokio::test]
async fn a_call_that_fails_half_way_reports_its_progress_and_can_be_repeated() -> Result<(), Error>
{
    let (server, client) = server_with_jane().await;
    let messages = numbered(250);
    server.inject(Fault::latency(std::time::Duration::ZERO).times(2));
    server.inject(Fault::status(500));
    let error = client
        .post_inbox_messages(&messages)
        .await
        .expect_err("the third request fails");
    assert_eq!((error.kind(), error.accepted()), (ErrorKind::Server, 200));
    assert!(
        error
            .to_string()
            .contains("the first 200 items were accepted")
    );
    assert_eq!(server.user_inbox("jane").len(), 200);

    client.post_inbox_messages(&messages).await?;
    assert_eq!(server.user_inbox("jane").len(), 250);
    assert!(server.lost().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_repeated_external_id_adds_no_message_and_changes_none() -> Result<(), Error> {
    let (server, client) = server_with_jane().await;
    client.upsert_user(&UpsertUserRequest::new("joe")).await?;
    let first = message("m").content(json!({"n": 1}));
    let second = message("m").content(json!({"n": 2})).priority(5);
    let elsewhere = [
        NewInboxMessage::new("m", Channel::Push).to("jane"),
        NewInboxMessage::new("m", Channel::Inbox).to("joe"),
        message(Identifier::new("m").source("shop")),
    ];
    client.post_inbox_messages(&[first, second.clone()]).await?;
    client.post_inbox_messages(&[second]).await?;
    let stored = server.user_inbox("jane");
    assert_eq!(stored.len(), 1);
    assert_eq!(
        (&stored[0].content["n"], stored[0].priority),
        (&json!(1), 3)
    );
    client.post_inbox_messages(&elsewhere).await?;
    assert_eq!(server.user_inbox("jane").len(), 3);
    assert_eq!(server.user_inbox("joe").len(), 1);
    Ok(())
}

#[tokio::test]
async fn only_messages_that_are_due_and_not_expired_are_listed() -> Result<(), Error> {
    let (server, client) = server_with_jane().await;
    let now = Utc::now();
    let hour = TimeDelta::hours(1);
    let messages = [
        message("there"),
        message("still").expires_at(now + hour),
        message("later").scheduled_at(now + hour),
        message("gone")
            .scheduled_at(now - hour * 2)
            .expires_at(now - hour),
        message("kept").expires_at(None::<DateTime<Utc>>),
    ];
    client.post_inbox_messages(&messages).await?;
    let inbox = client.user_inbox("jane");
    assert_eq!(listed(&inbox, &in_app()).await, ["kept", "still", "there"]);
    let count = inbox.count(Channel::Inbox).await?;
    assert_eq!((count.unread, count.total), (3, 3));

    let stored = server.user_inbox("jane");
    assert_eq!(stored.len(), 5);
    client
        .user_inbox("jane")
        .mark_read(stored.iter().map(|message| message.id))
        .await?;
    let read = server.user_inbox("jane").into_iter();
    let read: Vec<_> = read.map(|message| message.read_at.is_some()).collect();
    assert_eq!(read, [true, true, false, false, true]);
    let lost = server.lost();
    assert_eq!(lost.len(), 2);
    assert_eq!(lost[0].kind, LostKind::InboxMark);
    assert_eq!(lost[0].name, stored[2].id.to_string());
    Ok(())
}

#[tokio::test]
async fn read_and_archived_messages_are_filtered_in_lists_and_counts() -> Result<(), Error> {
    let (_server, client) = server_with_jane().await;
    client.post_inbox_messages(&numbered(4)).await?;
    let inbox = client.user_inbox("jane");
    let page = inbox.page(&in_app()).await?;
    assert_eq!(ids(&page.results), ["3", "2", "1", "0"]);

    inbox.mark_read(&page.results[..2]).await?;
    inbox.archive([page.results[1].id]).await?;
    inbox.archive([page.results[2].id]).await?;
    let count = inbox.count(Channel::Inbox).await?;
    assert_eq!((count.unread, count.total), (1, 2));
    assert_eq!(listed(&inbox, &in_app()).await, ["0", "3"]);
    for (status, expected) in [
        (InboxStatus::Unread, &["0"][..]),
        (InboxStatus::Read, &["3"]),
        (InboxStatus::Archived, &["1", "2"]),
    ] {
        assert_eq!(listed(&inbox, &in_app().status(status)).await, expected);
        let page = inbox.page(&in_app().status(status)).await?;
        assert!(
            page.results
                .iter()
                .all(|message| message.status() == status)
        );
    }

    let before = inbox.page(&in_app().status(InboxStatus::Read)).await?;
    inbox.mark_read(&before.results).await?;
    let after = inbox.page(&in_app().status(InboxStatus::Read)).await?;
    assert_eq!(before, after, "the first mark stays");
    Ok(())
}

#[tokio::test]
async fn filters_narrow_the_list() -> Result<(), Error> {
    let (_server, client) = server_with_jane().await;
    let odd = "ä b&c=d+%2C#?/";
    let messages = [
        message("a")
            .tags(["x", odd])
            .priority(1)
            .source(InboxSource::Journey),
        message("b").tags(["x"]).priority(1),
        message("c").tags([odd]).source(InboxSource::Campaign),
        NewInboxMessage::new("d", Channel::Push)
            .to("jane")
            .tags(["x"]),
    ];
    client.post_inbox_messages(&messages).await?;
    let inbox = client.user_inbox("jane");
    for (query, expected) in [
        (in_app(), &["a", "b", "c"][..]),
        (in_app().tags(["x"]), &["a", "b"]),
        (in_app().tags([odd]), &["a", "c"]),
        (in_app().tags(["x", odd]), &["a"]),
        (in_app().tags(["x"]).tags([odd]), &["a"]),
        (in_app().tags(["y"]), &[]),
        (in_app().priority(1), &["a", "b"]),
        (in_app().priority(3), &["c"]),
        (in_app().source(InboxSource::Journey), &["a"]),
        (in_app().source(InboxSource::Inbox), &[]),
        (
            in_app()
                .priority(1)
                .tags([odd])
                .source(InboxSource::Journey),
            &["a"],
        ),
        (in_app().status(InboxStatus::Read), &[]),
        (InboxQuery::new(Channel::Push), &["d"]),
        (InboxQuery::new(Channel::Sms), &[]),
    ] {
        assert_eq!(listed(&inbox, &query).await, expected, "{query:?}");
    }
    let page = inbox.page(&in_app().limit(1).offset(1)).await?;
    assert_eq!(
        (page.results.len(), page.total, page.limit, page.offset),
        (1, 3, 1, 1)
    );
    Ok(())
}

#[tokio::test]
async fn an_identifier_with_any_characters_and_source_finds_its_inbox() -> Result<(), Error> {
    let (_server, client) = server_with_jane().await;
    let odd = Identifier::new("ü &=+%2F/#?").source("a b&c");
    client
        .upsert_user(&UpsertUserRequest::new(odd.clone()))
        .await?;
    let message = NewInboxMessage::new("m", Channel::Inbox).to(odd.clone());
    client.post_inbox_messages(&[message]).await?;
    let inbox = client.user_inbox(odd);
    assert_eq!(listed(&inbox, &in_app()).await, ["m"]);
    let count = inbox.count(Channel::Inbox).await?;
    assert_eq!((count.unread, count.total), (1, 1));
    Ok(())
}

#[tokio::test]
async fn pages_return_every_message_once() -> Result<(), Error> {
    let (server, client) = server_with_jane().await;
    client.post_inbox_messages(&numbered(250)).await?;
    let expected: Vec<_> = (0..250)
        .rev()
        .map(|number: u32| number.to_string())
        .collect();
    for (query, first, requests) in [
        (in_app(), 0, 3),
        (in_app().limit(50), 0, 5),
        (in_app().limit(7), 0, 36),
        (in_app().offset(240), 240, 1),
        (in_app().offset(250), 250, 1),
    ] {
        let before = server.requests().len();
        let mut pages = client.user_inbox("jane").pages(query);
        let mut all = Vec::new();
        while let Some(page) = pages.next_page().await? {
            all.extend(ids(&page.results).into_iter().map(str::to_owned));
        }
        assert_eq!(all, expected[first..]);
        assert_eq!(server.requests().len() - before, requests);
        assert!(pages.next_page().await?.is_none());
    }
    Ok(())
}

#[tokio::test]
async fn marks_and_arrivals_between_two_pages_hide_no_other_message() -> Result<(), Error> {
    let (server, client) = server_with_jane().await;
    client.post_inbox_messages(&numbered(95)).await?;
    let unread = in_app().status(InboxStatus::Unread).limit(10);
    let mut pages = client.user_inbox("jane").pages(unread);
    let mut seen = Vec::new();
    while let Some(page) = pages.next_page().await? {
        client.user_inbox("jane").mark_read(&page.results).await?;
        seen.extend(page.results.into_iter().map(|message| message.id));
        let late = message(format!("late {}", seen.len()));
        client.post_inbox_messages(&[late]).await?;
    }
    let distinct: BTreeSet<_> = seen.iter().copied().collect();
    assert_eq!(distinct.len(), seen.len(), "no message is returned twice");
    for stored in server.user_inbox("jane") {
        let is_late = stored.identifier.external_id.starts_with("late");
        assert!(is_late || distinct.contains(&stored.id), "{stored:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_page_that_failed_can_be_requested_again() -> Result<(), Error> {
    let (server, client) = server_with_jane().await;
    client.post_inbox_messages(&numbered(30)).await?;
    let mut pages = client.user_inbox("jane").pages(in_app().limit(20));
    // As every call, it can run on another thread.
    let reading = tokio::spawn(async move { (pages.next_page().await, pages) });
    let (first, mut pages) = reading.await.expect("no panic");
    let first = first?.expect("a page");
    server.inject(Fault::status(500));
    let error = pages.next_page().await.expect_err("it fails");
    assert_eq!(error.operation(), Some("getUserInbox"));
    let second = pages.next_page().await?.expect("a page");
    assert_eq!((first.results.len(), second.results.len()), (20, 10));
    Ok(())
}

#[tokio::test]
async fn the_pages_are_a_stream_that_ends_after_an_error() -> Result<(), Error> {
    let (server, client) = server_with_jane().await;
    client.post_inbox_messages(&numbered(30)).await?;
    let inbox = client.user_inbox("jane");
    let pages = inbox.pages(in_app().limit(8));
    let messages = pages.map_ok(|page| page.results).try_concat().await?;
    let expected: Vec<_> = (0..30)
        .rev()
        .map(|number: u32| number.to_string())
        .collect();
    assert_eq!(ids(&messages), expected);

    let mut pages = inbox.pages(in_app().limit(20));
    assert_eq!(pages.try_next().await?.expect("a page").results.len(), 20);
    assert!(!pages.is_terminated());
    server.inject(Fault::status(500));
    let error = pages.try_next().await.expect_err("it fails");
    assert_eq!(error.operation(), Some("getUserInbox"));
    assert!(pages.is_terminated());
    assert!(pages.next().await.is_none());
    // The page itself is not lost.
    assert_eq!(pages.next_page().await?.expect("a page").results.len(), 10);

    let mut pages = inbox.pages(in_app());
    assert!(pages.next().await.is_some());
    assert!(pages.next().await.is_none() && pages.is_terminated());
    Ok(())
}

#[tokio::test]
async fn a_page_whose_wait_is_cancelled_is_not_requested_twice() -> Result<(), Error> {
    let (server, client) = server_with_jane().await;
    client.post_inbox_messages(&numbered(3)).await?;
    let mut pages = client.user_inbox("jane").pages(in_app());
    let before = server.requests().len();
    {
        let mut waiting = Box::pin(pages.next_page());
        while server.requests().len() == before {
            let answer = poll_immediate(&mut waiting).await;
            assert!(answer.is_none(), "{answer:?}");
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(pages.next_page().await?.expect("a page").results.len(), 3);
    assert_eq!(server.requests().len() - before, 1);
    Ok(())
}

/// Servers that count the rows of the page return a total of 0 after the last message.
#[tokio::test]
async fn a_page_after_the_end_may_have_a_total_of_zero() -> Result<(), Error> {
    let now = "2026-01-01T00:00:00Z";
    let page = |numbers: std::ops::Range<u128>, total: u64| {
        let results: Vec<_> = numbers
            .map(|number| {
                json!({
                    "id": Uuid::from_u128(number), "project_id": Uuid::nil(), "channel": "inbox",
                    "content": null, "data": null, "tags": null, "priority": 3, "source": "of a newer server",
                    "scheduled_at": now, "created_at": now, "updated_at": now,
                })
            })
            .collect();
        let list = json!({"results": results, "total": total, "limit": 2, "offset": 0});
        Reply::json(200, &list.to_string())
    };
    // Two of four messages are archived after the first page, so the other two are the last.
    let replies = [page(1..3, 4), page(0..0, 0), page(3..5, 2)];
    let server = Raw::start(move |request| replies[request].clone());
    let client = Client::builder("sk_1").base_url(server.url()).build()?;
    let mut pages = client.user_inbox("jane").pages(in_app().limit(2));
    let mut seen = Vec::new();
    while let Some(page) = pages.next_page().await? {
        seen.extend(page.results.iter().map(|message| message.id.as_u128()));
    }
    assert_eq!(seen, [1, 2, 3, 4]);
    let requests = server.requests();
    let heads: Vec<_> = requests
        .iter()
        .filter_map(|head| head.lines().next())
        .collect();
    let path = "GET /api/client/users/inbox?source=default&external_id=jane&channel=inbox&limit=2";
    let expected = [path.to_owned(), format!("{path}&offset=2"), path.to_owned()];
    assert_eq!(heads, expected.map(|path| format!("{path} HTTP/1.1")));
    for request in &requests {
        let request = request.to_lowercase();
        assert!(
            !request.contains("content-type") && !request.contains("content-length"),
            "{request}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn an_unknown_subject_is_an_error_for_readers_and_loses_sent_messages() -> Result<(), Error> {
    let (server, client) = server_with_jane().await;
    for error in [
        client.user_inbox("unknown").page(&in_app()).await.map(drop),
        client
            .organization_inbox("unknown")
            .page(&in_app())
            .await
            .map(drop),
        client
            .user_inbox("unknown")
            .count(Channel::Inbox)
            .await
            .map(drop),
        client
            .organization_inbox("unknown")
            .count(Channel::Inbox)
            .await
            .map(drop),
    ] {
        let error = error.expect_err("an unknown subject");
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::NotFound, Some(404))
        );
    }
    let message = NewInboxMessage::new("m", Channel::Inbox)
        .to("unknown")
        .data(json!({"n": 1}));
    client
        .post_inbox_messages(std::slice::from_ref(&message))
        .await?;
    client
        .post_inbox_messages(&[message.organization()])
        .await?;
    client
        .user_inbox("unknown")
        .mark_read([Uuid::nil()])
        .await?;
    client.user_inbox("jane").archive([Uuid::nil()]).await?;
    let lost: Vec<_> = server
        .lost()
        .into_iter()
        .map(|lost| (lost.kind, lost.name))
        .collect();
    let mark = (LostKind::InboxMark, Uuid::nil().to_string());
    let message = (LostKind::InboxMessage, "m".to_owned());
    assert_eq!(lost, [message.clone(), message, mark.clone(), mark]);
    Ok(())
}

#[tokio::test]
async fn organizations_have_their_own_inboxes_on_both_route_families() -> Result<(), Error> {
    for scoped in [false, true] {
        let server = Server::start().expect("a port");
        let builder = Client::builder(server.key()).base_url(server.url());
        let client = if scoped {
            builder.project(server.project_id())
        } else {
            builder
        }
        .build()?;
        client.upsert_user(&UpsertUserRequest::new("same")).await?;
        let org = client
            .upsert_organization(&UpsertOrganizationRequest::new("same"))
            .await?;
        let message = |id: &str| NewInboxMessage::new(id, Channel::Inbox).to("same");
        client.post_inbox_messages(&[message("user's")]).await?;
        let messages = ["one", "two"].map(|id| message(id).organization());
        client.post_inbox_messages(&messages).await?;

        let inbox = client.organization_inbox("same");
        let page = inbox.page(&in_app()).await?;
        assert_eq!(ids(&page.results), ["two", "one"]);
        assert_eq!(page.results[0].organization_id, Some(org.id));
        assert_eq!(page.results[0].user_id, None);
        inbox.mark_read(&page.results).await?;
        inbox.archive([page.results[0].id]).await?;
        let count = inbox.count(Channel::Inbox).await?;
        assert_eq!((count.unread, count.total), (0, 1));
        let count = client.user_inbox("same").count(Channel::Inbox).await?;
        assert_eq!((count.unread, count.total), (1, 1));
        let mut pages = inbox.pages(in_app().limit(1));
        assert_eq!(
            ids(&pages.next_page().await?.expect("a page").results),
            ["one"]
        );
        assert!(pages.next_page().await?.is_none());

        assert!(server.lost().is_empty());
        client.delete_organization("same").await?;
        client
            .upsert_organization(&UpsertOrganizationRequest::new("same"))
            .await?;
        assert!(
            server.organization_inbox("same").is_empty(),
            "the inbox is deleted with its owner"
        );
        assert_eq!(server.user_inbox("same").len(), 1);
    }
    Ok(())
}

#[test]
fn the_blocking_client_sends_reads_and_marks() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = Client::builder(server.key())
        .base_url(server.url())
        .build()?
        .blocking()?;
    client.upsert_user(&UpsertUserRequest::new("jane"))?;
    client.upsert_organization(&UpsertOrganizationRequest::new("jane"))?;
    client.post_inbox_messages(&numbered(130))?;
    let messages: Vec<_> = numbered(3)
        .into_iter()
        .map(NewInboxMessage::organization)
        .collect();
    client.post_inbox_messages(&messages)?;

    let user = client.user_inbox("jane");
    let organization = client.organization_inbox("jane");
    let mut all = Vec::new();
    for page in user.pages(in_app().limit(60)) {
        let page = page?;
        user.mark_read(&page.results)?;
        all.extend(page.results);
    }
    assert_eq!(all.len(), 130);
    assert_eq!(user.count(Channel::Inbox)?.unread, 0);
    user.archive(all.iter().take(120))?;
    assert_eq!(user.page(&in_app())?.total, 10);

    let page = organization.page(&in_app())?;
    assert_eq!(ids(&page.results), ["2", "1", "0"]);
    organization.mark_read(&page.results)?;
    organization.archive([page.results[0].id])?;
    let count = organization.count(Channel::Inbox)?;
    assert_eq!((count.unread, count.total), (0, 2));
    assert_eq!(organization.pages(in_app()).count(), 1);

    // The iterator ends after an error instead of repeating it.
    let pages = client.user_inbox("unknown").pages(in_app());
    let outcomes: Vec<_> = pages
        .map(|page| page.map_err(|error| error.kind()))
        .collect();
    assert_eq!(outcomes, [Err(ErrorKind::NotFound)]);
    Ok(())
}
