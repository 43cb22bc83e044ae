//! Responses survive serialization, as in an application's cache.

use lunogram::inbox::{Channel, InboxQuery, NewInboxMessage};
use lunogram::testing::Server;
use lunogram::{
    Identifier, Identifiers, ScheduleRequest, UpsertOrganizationRequest, UpsertUserRequest,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::fmt::Debug;
use std::time::Duration;

/// Asserts that a response is equal after a round trip through JSON.
#[track_caller]
fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(response: &T) {
    let json = serde_json::to_string(response).expect("JSON");
    let again: T = serde_json::from_str(&json).expect(&json);
    assert_eq!(&again, response);
}

#[tokio::test]
async fn responses_survive_a_round_trip_through_json() {
    let server = Server::start().expect("a port");
    let client = server.client();

    let id = Identifier::new("user_123").metadata(json!({"vip": true}));
    let mut ids: Identifiers = [id].into_iter().collect();
    ids.extend([Identifier::new("cus_7").source("stripe")]);
    let request = UpsertUserRequest::new(ids)
        .email("jane@example.com")
        .data(json!({"plan": {"seats": 3}}));
    let user = client.upsert_user(&request).await.expect("200");
    assert_eq!(user.identifier.len(), 2);
    survives(&user);

    let request = UpsertOrganizationRequest::new("org_456").name("Acme");
    survives(&client.upsert_organization(&request).await.expect("200"));

    let weekly = Duration::from_secs(7 * 86_400);
    let request = ScheduleRequest::every("check_in", "user_123", weekly).data(json!({"a": 1}));
    survives(&client.schedule(&request).await.expect("202"));

    let message = NewInboxMessage::new("welcome", Channel::Inbox)
        .to("user_123")
        .content(json!({"title": "Welcome"}))
        .tags(["new"]);
    client.post_inbox_messages(&[message]).await.expect("202");
    let query = InboxQuery::new(Channel::Inbox);
    let page = client
        .user_inbox("user_123")
        .page(&query)
        .await
        .expect("200");
    assert_eq!(page.results.len(), 1);
    survives(&page);
    let count = client.user_inbox("user_123").count(Channel::Inbox);
    survives(&count.await.expect("200"));

    survives(&client.vapid_public_key().await.expect("200"));
}
