//! The structs that the documentation shows.

use chrono::{DateTime, Utc};
use lunogram::{
    AnyEvent, AnySchedule, AnyTraits, LunogramEvent, OrganizationTraits, Schedule, UserTraits,
};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
enum Currency {
    Eur,
}

#[derive(Serialize)]
struct Item {
    sku: String,
}

#[derive(Serialize)]
enum Plan {
    Pro,
}

#[derive(LunogramEvent)] // name defaults to snake_case: "purchase_completed"
struct PurchaseCompleted<'a> {
    #[lunogram(external_id)] // the subject; source "default"
    user_id: &'a str,
    #[lunogram(external_id, source = "stripe")] // a second identifier; None leaves it out
    customer: Option<&'a str>,
    product_id: &'a str, // everything else is `data`
    amount: f64,
    currency: Currency, // any serde::Serialize type
    #[lunogram(string)] // sent as "9007199254740993": the server reads numbers as doubles
    order_number: u64,
    coupon: Option<String>, // `None` is left out; #[lunogram(null)] sends null instead
}

#[derive(LunogramEvent)]
#[lunogram(name = "subscription.upgraded", organization)] // about an organization
struct SubscriptionUpgraded { #[lunogram(external_id)] org: String, seats: u32 }

#[derive(LunogramEvent)] // no identifier: the target is chosen at the call
struct FeatureAnnounced { feature: String }

#[derive(LunogramEvent)] // one enum, one event name per variant
enum CartEvent { 
    CartUpdated { #[lunogram(external_id)] user: String, items: Vec<Item> },
    #[lunogram(name = "cart.emptied")] Emptied { #[lunogram(external_id)] user: String },
}

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)] id: String,
    #[lunogram(email)] email: Option<String>,
    #[lunogram(phone)] phone: Option<String>,
    #[lunogram(timezone)] tz: Option<String>,
    #[lunogram(locale)] locale: Option<String>,
    plan: Plan, #[lunogram(rename = "ltv")] lifetime_value: f64,
    #[lunogram(flatten)] extra: BTreeMap<String, serde_json::Value>,
    #[lunogram(skip)] password_hash: String,
}

#[derive(OrganizationTraits)]
struct Company { #[lunogram(external_id)] id: String, #[lunogram(name)] name: String, industry: String }

#[derive(Schedule)] // single: has a scheduled_at field
struct TrialEnd { #[lunogram(external_id)] user: String, #[lunogram(scheduled_at)] at: DateTime<Utc>, plan: String }

#[derive(Schedule)] // recurring: interval on the struct, or a field; start_at optional
#[lunogram(name = "weekly_digest", interval = "168h")]
struct WeeklyDigest { #[lunogram(external_id)] user: String, #[lunogram(start_at)] from: Option<DateTime<Utc>> }

#[derive(Serialize)]
struct Role {
    role: &'static str,
}

fn main() {
    let purchase = PurchaseCompleted {
        user_id: "user_123",
        customer: Some("cus_9s6XKzkNRiz8i3"),
        product_id: "mug",
        amount: 14.5,
        currency: Currency::Eur,
        order_number: 9_007_199_254_740_993,
        coupon: None,
    };
    purchase.check().unwrap();
    let _ = Role { role: "admin" }.role;
    let upgraded = SubscriptionUpgraded { org: "org_456".into(), seats: 3 };
    upgraded.check().unwrap();
    let announced = || FeatureAnnounced { feature: "exports".into() };
    announced().to("user_123").check().unwrap();
    announced().matching(&serde_json::json!({"plan": "pro"})).check().unwrap();
    let items = vec![Item { sku: "mug".into() }];
    CartEvent::CartUpdated { user: "user_123".into(), items }.check().unwrap();
    CartEvent::Emptied { user: "user_123".into() }.check().unwrap();
    assert_eq!(CartEvent::NAMES, ["cart_updated", "cart.emptied"]);
    let customer = Customer {
        id: "user_123".into(),
        email: Some("jane@example.com".into()),
        phone: None,
        tz: Some("Europe/Amsterdam".into()),
        locale: Some("nl-NL".into()),
        plan: Plan::Pro,
        lifetime_value: 14.5,
        extra: BTreeMap::new(),
        password_hash: String::new(),
    };
    customer.check().unwrap();
    let _ = customer.password_hash;
    let company = Company { id: "org_456".into(), name: "Mugs".into(), industry: "mugs".into() };
    company.check().unwrap();
    let at: DateTime<Utc> = "2026-01-02T03:04:05Z".parse().unwrap();
    TrialEnd { user: "user_123".into(), at, plan: "pro".into() }.check().unwrap();
    WeeklyDigest { user: "user_123".into(), from: Some(at) }.check().unwrap();
}
