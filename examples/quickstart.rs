//! Calls every operation of the API. Each line of output shows the request and the response.
//!
//! It uses an embedded server, or the server in `LUNOGRAM_API_KEY`, `LUNOGRAM_API_URL` and
//! `LUNOGRAM_PROJECT_ID`.
//!
//! It ends with its last answer. Each call waits for its answer, so nothing is queued that a signal
//! could lose, and a shutdown would have to deliver.

use chrono::{DateTime, TimeDelta, Utc};
use lunogram::inbox::{Channel, InboxQuery, NewInboxMessage};
use lunogram::push::Device;
use lunogram::session::OwnTraits;
use lunogram::{
    AnyEvent, Client, Event, Identifier, Identifiers, LunogramEvent, Membership,
    OrganizationTraits, Schedule, ScheduleKey, ScheduleRequest, UpsertOrganizationRequest,
    UpsertUserRequest, UserTraits,
};
use lunogram_examples::Target;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::error::Error;
use uuid::Uuid;

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
    #[lunogram(external_id, source = "stripe")]
    stripe_id: Option<String>,
    #[lunogram(email)]
    email: Option<String>,
    #[lunogram(timezone)]
    tz: Option<String>,
    #[lunogram(locale)]
    locale: Option<String>,
    plan: Plan,
    #[lunogram(rename = "ltv")]
    lifetime_value: f64,
    #[lunogram(flatten)]
    extra: BTreeMap<String, serde_json::Value>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Plan {
    Pro,
}

#[derive(OrganizationTraits)]
struct Company<'a> {
    #[lunogram(external_id)]
    id: &'a str,
    #[lunogram(name)]
    name: &'a str,
    industry: &'a str,
}

#[derive(Serialize)]
struct Role {
    role: &'static str,
}

#[derive(LunogramEvent)]
struct PurchaseCompleted<'a> {
    #[lunogram(external_id)]
    user_id: &'a str,
    product_id: &'a str,
    amount: f64,
    #[lunogram(string)]
    order_number: u64,
    coupon: Option<&'a str>,
}

#[derive(LunogramEvent)]
struct FeatureAnnounced {
    feature: &'static str,
}

#[derive(LunogramEvent)]
#[lunogram(name = "subscription.upgraded", organization)]
struct SubscriptionUpgraded<'a> {
    #[lunogram(external_id)]
    org: &'a str,
    seats: u32,
}

#[derive(Schedule)]
struct TrialEnd<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    #[lunogram(scheduled_at)]
    at: DateTime<Utc>,
    plan: Plan,
}

#[derive(Schedule)]
#[lunogram(name = "weekly_digest", interval = "168h")]
struct WeeklyDigest<'a> {
    #[lunogram(external_id)]
    user: &'a str,
}

#[derive(Schedule)]
#[lunogram(organization, interval = "1 year")]
struct ContractRenewal<'a> {
    #[lunogram(external_id)]
    org: &'a str,
    #[lunogram(start_at)]
    from: DateTime<Utc>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let target = Target::from_env()?;
    println!("using {}\n", target.describe());
    run(&target).await?;
    if let Some(server) = &target.embedded {
        println!(
            "\nthe server received {} requests and stored {} events; it lost {} about unknown subjects",
            server.requests().len(),
            server.all_events().len(),
            server.lost().len()
        );
    }
    Ok(())
}

async fn run(target: &Target) -> Result<(), Box<dyn Error>> {
    let client = &target.client;
    users_and_organizations(client).await?;
    events(client).await?;
    schedules(client).await?;
    devices_and_sessions(target).await?;
    inbox(client).await?;
    without_derives(client).await?;
    refused(client).await;
    clean_up(client).await?;
    Ok(())
}

async fn users_and_organizations(client: &Client) -> Result<(), lunogram::Error> {
    println!("users and organizations");
    let customer = Customer {
        id: "user_123".to_owned(),
        stripe_id: Some("cus_9s6XKzkNRiz8i3".to_owned()),
        email: Some("jane@example.com".to_owned()),
        tz: Some("Europe/Amsterdam".to_owned()),
        locale: Some("nl-NL".to_owned()),
        plan: Plan::Pro,
        lifetime_value: 129.95,
        extra: BTreeMap::from([("beta".to_owned(), json!(true))]),
    };
    let user = client.upsert_user(&customer).await?;
    println!(
        "  upsert_user               user_123 → user {} at version {}, {} identifiers",
        user.id,
        user.version,
        user.identifier.len()
    );

    let company = Company {
        id: "org_456",
        name: "Acme",
        industry: "roadrunners",
    };
    let org = client.upsert_organization(&company).await?;
    println!(
        "  upsert_organization       org_456 → organization {} at version {}",
        org.id, org.version
    );

    let membership = Membership::of_user("user_123")
        .in_organization("org_456")
        .data(Role { role: "admin" });
    client.add_organization_user(&membership).await?;
    println!("  add_organization_user     user_123 as an admin of org_456 → done");
    Ok(())
}

async fn events(client: &Client) -> Result<(), lunogram::Error> {
    println!("events");
    let purchase = PurchaseCompleted {
        user_id: "user_123",
        product_id: "mug-l",
        amount: 14.5,
        order_number: 9_007_199_254_740_993,
        coupon: None,
    };
    client.send(&purchase).await?;
    println!("  send                      purchase_completed of user_123 → accepted");

    let upgrade = SubscriptionUpgraded {
        org: "org_456",
        seats: 25,
    };
    client.send(&upgrade).await?;
    println!("  send                      subscription.upgraded of org_456 → accepted");

    let announcement = FeatureAnnounced { feature: "exports" };
    client
        .send(&(&announcement).matching(json!({"plan": "pro"})))
        .await?;
    println!(
        "  send                      feature_announced to all users on the plan pro → accepted"
    );
    client.send(&announcement.to("user_123")).await?;
    println!("  send                      feature_announced to user_123 → accepted");

    let second = PurchaseCompleted {
        order_number: 9_007_199_254_740_995,
        coupon: Some("WELCOME10"),
        ..purchase
    };
    client.send_all(&[purchase, second]).await?;
    println!("  send_all                  two purchases in one request → accepted");
    let mixed: [Box<dyn AnyEvent + Send + Sync>; 2] = [
        Box::new(FeatureAnnounced { feature: "exports" }.to("user_123")),
        Box::new(Event::new("page_viewed").to("user_123")),
    ];
    client.send_all(&mixed).await?;
    println!("  send_all                  two types of event in one request → accepted");
    Ok(())
}

async fn schedules(client: &Client) -> Result<(), lunogram::Error> {
    println!("schedules");
    let now = Utc::now();
    let trial = TrialEnd {
        user: "user_123",
        at: now + TimeDelta::days(14),
        plan: Plan::Pro,
    };
    let accepted = client.schedule(&trial).await?;
    println!(
        "  schedule                  trial_end of user_123 → {} fires at {}",
        accepted.id, accepted.scheduled_at
    );
    let accepted = client.schedule(&WeeklyDigest { user: "user_123" }).await?;
    println!(
        "  schedule                  weekly_digest of user_123 → {} starts at {}",
        accepted.id, accepted.scheduled_at
    );
    let renewal = ContractRenewal {
        org: "org_456",
        from: now + TimeDelta::days(365),
    };
    let accepted = client.schedule(&renewal).await?;
    println!(
        "  schedule                  contract_renewal of org_456 → {} starts at {}",
        accepted.id, accepted.scheduled_at
    );
    client.unschedule(TrialEnd::of("user_123")).await?;
    println!("  unschedule                trial_end of user_123 → deleted");
    client.unschedule(ContractRenewal::of("org_456")).await?;
    println!("  unschedule                contract_renewal of org_456 → deleted");
    Ok(())
}

/// Push messages, and a session that acts for one user.
async fn devices_and_sessions(target: &Target) -> Result<(), Box<dyn Error>> {
    println!("devices and sessions");
    let client = &target.client;
    match client.vapid_public_key().await {
        Ok(key) => println!("  vapid_public_key          → {key}"),
        // A server that does not send web push messages has no key.
        Err(error) => println!("  vapid_public_key          {error}"),
    }
    let phone = Device::ios("6D92078A-8246-4BA4", "740f4707bebcf74f").model("iPhone16,1");
    client.register_device("user_123", &phone).await?;
    println!("  register_device           an iPhone of user_123 → registered");

    let auth_method = match std::env::var("LUNOGRAM_AUTH_METHOD") {
        Ok(id) => id.parse()?,
        Err(_) if target.embedded.is_some() => Uuid::from_u128(1),
        Err(_) => {
            println!(
                "  create_session            set LUNOGRAM_AUTH_METHOD to the id of an auth method for sessions"
            );
            return Ok(());
        }
    };
    // A session sees the user with its own identifier only.
    let ids = [
        Identifier::new("user_123"),
        Identifier::session(auth_method, "user_123"),
    ];
    let user = client.upsert_user(&UpsertUserRequest::new(ids)).await?;
    println!(
        "  upsert_user               user_123, for its sessions → {} identifiers",
        user.identifier.len()
    );
    let token = client.create_session(auth_method, "user_123").await?;
    println!(
        "  create_session            user_123 → a token that expires at {}",
        token.expires_at()
    );
    let session = client.with_session(&token, "user_123")?;
    let user = session
        .upsert_user(&OwnTraits::new().locale("nl-BE"))
        .await?;
    println!(
        "  upsert_user               user_123, with its session → version {}",
        user.version
    );
    Ok(())
}

async fn inbox(client: &Client) -> Result<(), lunogram::Error> {
    println!("inbox");
    let message = NewInboxMessage::new("order_1042_shipped", Channel::Inbox)
        .content(json!({"title": "On its way", "body": "Your order has left our warehouse."}))
        .tags(["orders"])
        .expires_at(Utc::now() + TimeDelta::days(14));
    client
        .post_inbox_messages(&[message.clone().to("user_123")])
        .await?;
    println!("  post_inbox_messages       order_1042_shipped to user_123 → accepted");
    let inbox = client.user_inbox("user_123");
    let query = InboxQuery::new(Channel::Inbox).tags(["orders"]);
    let page = inbox.page(&query).await?;
    for message in &page.results {
        println!(
            "  user_inbox page           {} of {}: {} → {}",
            page.results.len(),
            page.total,
            message.external_id.as_deref().unwrap_or_default(),
            message.content["title"]
        );
    }
    inbox.mark_read(&page.results).await?;
    println!("  user_inbox mark_read      order_1042_shipped of user_123 → accepted");
    let count = inbox.count(Channel::Inbox).await?;
    println!(
        "  user_inbox count          {} of {} unread",
        count.unread, count.total
    );
    inbox.archive(&page.results).await?;
    println!("  user_inbox archive        order_1042_shipped of user_123 → accepted");

    let message = message.to("org_456").organization();
    client.post_inbox_messages(&[message]).await?;
    println!("  post_inbox_messages       order_1042_shipped to org_456 → accepted");
    let inbox = client.organization_inbox("org_456");
    let page = inbox.page(&query).await?;
    println!(
        "  organization_inbox page   {} of {}",
        page.results.len(),
        page.total
    );
    inbox.mark_read(&page.results).await?;
    println!("  organization_inbox mark_read  order_1042_shipped of org_456 → accepted");
    let count = inbox.count(Channel::Inbox).await?;
    println!(
        "  organization_inbox count  {} of {} unread",
        count.unread, count.total
    );
    inbox.archive(&page.results).await?;
    println!("  organization_inbox archive    order_1042_shipped of org_456 → accepted");
    Ok(())
}

/// The same operations with names and data that are known only at run time.
async fn without_derives(client: &Client) -> Result<(), lunogram::Error> {
    println!("without derives");
    let visitor: Identifiers = Identifier::new("a1b2c3").source("anonymous").into();
    let request = UpsertUserRequest::new(&visitor).data(json!({"landing_page": "/pricing"}));
    let user = client.upsert_user(&request).await?;
    println!(
        "  upsert_user               anonymous a1b2c3 → user {} at version {}",
        user.id, user.version
    );
    let request = UpsertOrganizationRequest::new("org_456").data(json!({"seats": 25}));
    let org = client.upsert_organization(&request).await?;
    println!(
        "  upsert_organization       org_456 → version {}",
        org.version
    );
    let event = Event::new("page_viewed")
        .to(&visitor)
        .data(json!({"path": "/pricing"}));
    client.send(&event).await?;
    println!("  send                      page_viewed of anonymous a1b2c3 → accepted");
    let request = ScheduleRequest::every("check_in", "user_123", "1 month");
    let accepted = client.schedule(&request).await?;
    println!(
        "  schedule                  check_in of user_123 → {} starts at {}",
        accepted.id, accepted.scheduled_at
    );
    let in_a_month = Utc::now() + TimeDelta::days(30);
    let request = ScheduleRequest::at("audit", "org_456", in_a_month).organization();
    let accepted = client.schedule(&request).await?;
    println!(
        "  schedule                  audit of org_456 → {} fires at {}",
        accepted.id, accepted.scheduled_at
    );
    client
        .unschedule(ScheduleKey::named("check_in", "user_123"))
        .await?;
    println!("  unschedule                check_in of user_123 → deleted");
    client
        .unschedule(ScheduleKey::named("audit", "org_456").organization())
        .await?;
    println!("  unschedule                audit of org_456 → deleted");
    Ok(())
}

/// A payload that the client refuses, and a request that the server refuses.
async fn refused(client: &Client) {
    println!("refused");
    let invalid = PurchaseCompleted {
        user_id: "",
        product_id: "mug-l",
        amount: f64::NAN,
        order_number: 1,
        coupon: None,
    };
    if let Err(error) = client.send(&invalid).await {
        println!("  send                      {error}");
    }
    if let Err(error) = client.delete_user("user_404").await {
        println!("  delete_user               {error}");
    }
}

async fn clean_up(client: &Client) -> Result<(), lunogram::Error> {
    println!("clean-up");
    client.unschedule(WeeklyDigest::of("user_123")).await?;
    let membership = Membership::of_user("user_123").in_organization("org_456");
    client.remove_organization_user(&membership).await?;
    println!("  remove_organization_user  user_123 of org_456 → done");
    client.delete_organization("org_456").await?;
    println!("  delete_organization       org_456 → deleted");
    client.delete_user("user_123").await?;
    client
        .delete_user(Identifier::new("a1b2c3").source("anonymous"))
        .await?;
    println!("  delete_user               user_123, anonymous a1b2c3 → deleted");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lunogram::testing::Server;
    use std::collections::BTreeSet;

    #[tokio::test]
    async fn every_operation_succeeds_at_least_once() -> Result<(), Box<dyn Error>> {
        let server = Server::start()?;
        let target = Target {
            client: server.client(),
            embedded: Some(server),
        };
        run(&target).await?;
        let server = target.embedded.as_ref().ok_or("an embedded server")?;
        let requests = server.requests().into_iter();
        let operations: BTreeSet<_> = requests
            .filter(|request| request.status < 300)
            .map(|request| (request.method.clone(), request.path.clone()))
            .collect();
        assert_eq!(operations.len(), 25, "{operations:?}");
        Ok(())
    }
}
