//! Checks the client's requests and the embedded server's responses against the API's contract.

use chrono::{TimeDelta, Utc};
use lunogram::__private::routes::{Operation, ResponseKind};
use lunogram::inbox::{Channel, InboxQuery, InboxSource, InboxStatus, NewInboxMessage};
use lunogram::push::{Device, WebPush};
use lunogram::testing::{RecordedRequest, Server};
use lunogram::{
    Client, Event, Identifier, LunogramEvent, Membership, OrganizationTraits, Schedule,
    ScheduleKey, ScheduleRequest, UpsertOrganizationRequest, UpsertUserRequest, UserTraits,
};
use lunogram_tests::contract::Contract;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(UserTraits)]
#[lunogram(locale = "nl-NL")]
struct Customer {
    #[lunogram(external_id)]
    id: u64,
    #[lunogram(external_id, source = "stripe")]
    stripe: Option<&'static str>,
    #[lunogram(email)]
    email: &'static str,
    #[lunogram(phone)]
    phone: Option<&'static str>,
    #[lunogram(timezone = "Europe/Amsterdam")]
    timezone: Option<String>,
    plan: &'static str,
}

#[derive(OrganizationTraits)]
struct Company {
    #[lunogram(external_id)]
    id: Uuid,
    #[lunogram(name)]
    name: &'static str,
    seats: u32,
}

#[derive(LunogramEvent)]
struct PageViewed {
    #[lunogram(external_id)]
    user: u64,
    path: &'static str,
    #[lunogram(null)]
    referrer: Option<&'static str>,
}

#[derive(LunogramEvent)]
#[lunogram(organization)]
struct ContractSigned {
    months: u8,
}

#[derive(Schedule)]
struct TrialEnd {
    #[lunogram(external_id)]
    user: u64,
    #[lunogram(scheduled_at)]
    at: chrono::DateTime<Utc>,
    plan: &'static str,
}

#[derive(Schedule)]
#[lunogram(organization, interval = "1 month")]
struct Invoice {
    #[lunogram(external_id)]
    org: Uuid,
    #[lunogram(start_at)]
    from: Option<chrono::DateTime<Utc>>,
}

/// Calls each operation with derived types and with request types, with every field that a request
/// can have.
async fn every_operation(client: &Client) -> Result<(), lunogram::Error> {
    let org = Uuid::from_u128(7);
    let now = Utc::now();
    let customer = Customer {
        id: 123,
        stripe: Some("cus_1"),
        email: "jane@example.com",
        phone: Some("+31612345678"),
        timezone: None,
        plan: "pro",
    };
    let user = client.upsert_user(&customer).await?;
    assert_eq!(user.timezone.as_deref(), Some("Europe/Amsterdam"));
    assert_eq!(user.locale.as_deref(), Some("nl-NL"));
    assert_eq!(user.identifier.len(), 2);
    let visitor = Identifier::new("a1")
        .source("anonymous")
        .metadata(json!({"tab": 1}));
    let request = UpsertUserRequest::new(visitor.clone())
        .email("a@example.com")
        .phone("+4915112345678")
        .timezone("UTC")
        .locale("de")
        .data(json!({"seen": null}));
    assert_eq!(
        client.upsert_user(&request).await?.data["seen"],
        Value::Null
    );

    let company = Company {
        id: org,
        name: "Acme",
        seats: 3,
    };
    assert_eq!(client.upsert_organization(&company).await?.version, 0);
    let request = UpsertOrganizationRequest::new(org)
        .name("Acme Ltd")
        .data(json!({}));
    assert_eq!(client.upsert_organization(&request).await?.version, 1);

    let membership = Membership::of_user(123).in_organization(org);
    client
        .add_organization_user(&membership.clone().data(json!({"role": "admin"})))
        .await?;

    let viewed = PageViewed {
        user: 123,
        path: "/",
        referrer: None,
    };
    client.send(&viewed).await?;
    client.send_all(&[viewed]).await?;
    let dynamic = [
        Event::new("page_viewed")
            .to(visitor.clone())
            .data(json!({"path": "/"})),
        Event::new("Page Viewed")
            .raw_name()
            .matching(json!({"plan": "pro"})),
    ];
    client.send_all(&dynamic).await?;
    client.send(&ContractSigned { months: 12 }.to(org)).await?;
    client
        .send(&ContractSigned { months: 12 }.matching(json!({"seats": 3})))
        .await?;
    client
        .send_all(&[Event::new("contract.signed").to(org).organization()])
        .await?;

    let trial = TrialEnd {
        user: 123,
        at: now + TimeDelta::days(1),
        plan: "pro",
    };
    let accepted = client.schedule(&trial).await?;
    assert_eq!(accepted.name, "trial_end");
    let from = Some(now + TimeDelta::days(30));
    client.schedule(&Invoice { org, from }).await?;
    let request = ScheduleRequest::every("check_in", 123, "7 days")
        .start_at(now)
        .id(Uuid::from_u128(9))
        .data(json!({"channel": "email"}));
    client.schedule(&request).await?;
    let request = ScheduleRequest::at("audit", org, now).organization();
    client.schedule(&request).await?;
    client.unschedule(TrialEnd::of(123)).await?;
    client.unschedule(Invoice::of(org)).await?;
    client
        .unschedule(ScheduleKey::named("check_in", 123))
        .await?;
    client
        .unschedule(ScheduleKey::named("audit", org).organization())
        .await?;

    devices(client).await?;
    client.create_session(Uuid::from_u128(11), 123).await?;
    every_operation_of_inboxes(client, org).await?;

    client.remove_organization_user(&membership).await?;
    client.delete_organization(org).await?;
    client.delete_user(123).await?;
    client.delete_user(visitor).await?;
    // The contract also defines the form of errors.
    assert!(client.delete_user("unknown").await.is_err());
    Ok(())
}

async fn devices(client: &Client) -> Result<(), lunogram::Error> {
    let phone = Device::ios("phone", "token")
        .os_version("18.2")
        .model("iPhone16,1")
        .app_version("4.1.0")
        .data(json!({"beta": true}));
    client.register_device(123, &phone).await?;
    let browser = WebPush {
        endpoint: "https://push.example/1".to_owned(),
        p256dh: "key".to_owned(),
        auth: "secret".to_owned(),
        expiration_time: Some(Utc::now()),
    };
    for device in [
        Device::android("tablet", "token"),
        Device::web("browser", browser),
    ] {
        client.register_device(123, &device).await?;
    }
    let key = client.vapid_public_key().await?;
    assert_eq!(key.as_str().len(), 87);
    Ok(())
}

/// Whether a path matches a path of the contract, in which a segment in braces is any UUID.
fn is_path(template: &str, path: &str) -> bool {
    let (expected, found) = (template.split('/'), path.split('/'));
    expected.clone().count() == found.clone().count()
        && expected.zip(found).all(|(expected, found)| {
            expected == found || (expected.starts_with('{') && Uuid::parse_str(found).is_ok())
        })
}

async fn every_operation_of_inboxes(client: &Client, org: Uuid) -> Result<(), lunogram::Error> {
    let now = Utc::now();
    let full = || {
        let own_id = Identifier::new("m")
            .source("shop")
            .metadata(json!({"v": 1}));
        NewInboxMessage::new(own_id, Channel::Email)
            .sender_identity(Uuid::from_u128(1))
            .campaign(Uuid::from_u128(2))
            .broadcast(Uuid::from_u128(3))
            .content(json!({"title": "Hello", "price": 9.5}))
            .data(json!({"seen": null}))
            .tags(["a", "b c"])
            .priority(5)
            .source(InboxSource::Broadcast)
            .scheduled_at(now - TimeDelta::days(1))
            .expires_at(now + TimeDelta::days(1))
    };
    let bare = || NewInboxMessage::new(7, Channel::Inbox);
    let messages = [full().to(123), bare().to(123)];
    client.post_inbox_messages(&messages).await?;
    let messages = [full(), bare()].map(|message| message.to(org).organization());
    client.post_inbox_messages(&messages).await?;

    let narrow = InboxQuery::new(Channel::Email)
        .status(InboxStatus::Unread)
        .tags(["a", "b c"])
        .source(InboxSource::Broadcast)
        .priority(5)
        .limit(100);
    let inbox = client.user_inbox(123);
    let page = inbox.page(&narrow).await?;
    inbox.mark_read(&page.results).await?;
    inbox.archive(&page.results).await?;
    inbox.count(Channel::Inbox).await?;
    let archived = narrow.clone().status(InboxStatus::Archived);
    assert_eq!(inbox.page(&archived).await?.results.len(), 1);

    let inbox = client.organization_inbox(org);
    let page = inbox.page(&narrow).await?;
    assert_eq!(page.results.len(), 1);
    inbox.mark_read(&page.results).await?;
    inbox.archive(&page.results).await?;
    inbox.count(Channel::Email).await?;
    let query = InboxQuery::new(Channel::Inbox).offset(1);
    inbox.page(&query).await?;
    assert!(client.user_inbox("unknown").page(&query).await.is_err());
    Ok(())
}

/// The id of a request's operation, by its method and path.
fn operation<'a>(contract: &'a Contract, prefix: &str, request: &RecordedRequest) -> &'a str {
    let path = request
        .path
        .strip_prefix(prefix)
        .expect("the family's prefix");
    contract
        .operations
        .values()
        .find(|operation| operation.method == request.method && is_path(&operation.path, path))
        .map_or_else(
            || panic!("{} {path} is not in the contract", request.method),
            |operation| operation.id.as_str(),
        )
}

#[tokio::test]
async fn requests_and_responses_conform_to_the_contract() {
    let contract = Contract::load();
    for scoped in [false, true] {
        let server = Server::start().expect("a port");
        let builder = Client::builder(server.key()).base_url(server.url());
        let (builder, prefix) = if scoped {
            let project = server.project_id();
            (
                builder.project(project),
                format!("/api/client/projects/{project}"),
            )
        } else {
            (builder, "/api/client".to_owned())
        };
        let client = builder.build().expect("a client");
        every_operation(&client)
            .await
            .expect("every operation succeeds");
        assert!(server.lost().is_empty(), "{:?}", server.lost());

        let mut seen = BTreeSet::new();
        for request in server.requests() {
            let id = operation(&contract, &prefix, &request);
            let body = request.body.clone().unwrap_or_default();
            let answer = request.answer.clone().unwrap_or_default();
            let errors = contract.query_errors(id, &request.query);
            assert!(errors.is_empty(), "{id}: {errors:?}\n{:?}", request.query);
            let errors = contract.request_errors(id, &body);
            assert!(errors.is_empty(), "{id}: {errors:?}\n{body:#}");
            let errors = if request.status == contract.operations[id].success {
                seen.insert(id);
                contract.answer_errors(id, &answer)
            } else {
                contract.problem_errors(&answer)
            };
            assert!(errors.is_empty(), "{id}: {errors:?}\n{answer:#}");
        }
        let all: BTreeSet<&str> = Operation::ALL.into_iter().map(Operation::id).collect();
        assert_eq!(seen, all);
    }
}

/// Proves that the validation above can fail.
#[test]
fn validation_refuses_values_outside_the_contract() {
    let contract = Contract::load();
    let identifier = json!([{"external_id": "u"}]);
    for (operation, body) in [
        ("upsertUser", json!({})),
        ("upsertUser", json!({"identifier": []})),
        ("upsertUser", json!({"identifier": [{"external_id": ""}]})),
        (
            "upsertUser",
            json!({"identifier": identifier, "emial": "jane@example.com"}),
        ),
        (
            "upsertUser",
            json!({"identifier": identifier, "email": "jane"}),
        ),
        ("upsertUser", json!({"identifier": identifier, "data": []})),
        ("postUserEvents", json!([])),
        (
            "postUserEvents",
            json!([{"name": "x", "identifier": identifier}]),
        ),
        (
            "upsertUserScheduled",
            json!({"identifier": identifier, "name": "x", "scheduled_at": "soon"}),
        ),
    ] {
        assert!(
            !contract.request_errors(operation, &body).is_empty(),
            "{operation} {body}"
        );
    }
    let message = json!({"target": identifier, "identifier": {"external_id": "m"}, "channel": "inbox", "priority": 6});
    for (operation, body) in [
        ("postUserInboxMessages", json!([message])),
        ("postUserInboxRead", json!([{"target": identifier}])),
        ("postOrganizationInboxArchived", json!([])),
        ("getUserInbox", json!({})),
    ] {
        let errors = contract.request_errors(operation, &body);
        assert!(!errors.is_empty(), "{operation} {body}");
    }
    let required = [
        ("source", "default"),
        ("external_id", "u"),
        ("channel", "inbox"),
    ];
    for (query, is_valid) in [
        (&required[..], true),
        (
            &[&required[..], &[("limit", "7"), ("status", "read")]].concat(),
            true,
        ),
        (&required[1..], false),
        (&[&required[..2], &[("channel", "fax")]].concat(), false),
        (&[&required[..], &[("limit", "101")]].concat(), false),
        (&[&required[..], &[("limit", "many")]].concat(), false),
        (&[&required[..], &[("tag", "a")]].concat(), false),
    ] {
        let query: Vec<_> = query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let errors = contract.query_errors("getUserInbox", &query);
        assert_eq!(errors.is_empty(), is_valid, "{query:?}: {errors:?}");
    }
    assert!(
        contract
            .request_errors(
                "upsertUser",
                &json!({"identifier": identifier, "email": null})
            )
            .is_empty()
    );
    assert!(!contract.answer_errors("deleteUser", &json!({})).is_empty());
    assert!(!contract.problem_errors(&json!({"title": "x"})).is_empty());
}

#[test]
fn route_table_equals_the_contract() {
    let contract = Contract::load();
    let table: BTreeSet<_> = Operation::ALL
        .into_iter()
        .map(Operation::route)
        .map(|route| {
            (
                route.id.to_owned(),
                route.method.to_string(),
                route.path.to_owned(),
                route.success,
            )
        })
        .collect();
    let expected: BTreeSet<_> = contract
        .operations
        .values()
        .cloned()
        .map(|operation| {
            (
                operation.id,
                operation.method,
                operation.path,
                operation.success,
            )
        })
        .collect();
    assert_eq!(table, expected);
    for operation in Operation::ALL {
        let answers = contract
            .answer_errors(operation.id(), &Value::Null)
            .is_empty();
        assert_eq!(
            operation.route().response == ResponseKind::Nothing,
            answers,
            "{}",
            operation.id()
        );
    }
}
