#![deny(warnings)]
#![forbid(unsafe_code)]
#![allow(dead_code)]

use basket::{Currency, Item};
use lunogram::{
    LunogramEvent, LunogramProperty, OrganizationTraits, Schedule, UserTraits, event_name,
};
use serde::Serialize;

#[path = "../basket.rs"]
mod basket;

type Euro = f64;

#[derive(LunogramEvent)]
struct PurchaseCompleted<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    amount: Euro,
    coupon: Option<&'a str>,
    currency: Currency,
    items: Vec<Item>,
}

mod elsewhere {
    /// The same event in another module, with other types of the same schemas.
    #[derive(lunogram::LunogramEvent)]
    #[lunogram(name = "purchase_completed")]
    pub struct Paid {
        pub amount: f32,
        pub coupon: std::option::Option<std::string::String>,
        pub currency: super::Currency,
        pub items: std::collections::VecDeque<super::Item>,
    }
}

#[derive(LunogramEvent)]
#[lunogram(organization)]
enum Companies {
    #[lunogram(name = "company.renamed")]
    Renamed,
}

#[derive(LunogramEvent)]
#[lunogram(unplanned)]
struct OnlyForTests {
    anything: u8,
}

#[derive(Serialize, LunogramProperty)]
#[serde(tag = "kind")]
enum Payment {
    Card { last4: String },
    Cash,
}

#[derive(Serialize, LunogramProperty)]
struct NotInThePlan {
    anything: u8,
}

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
    lifetime_value: Euro,
    plan: String,
}

#[derive(OrganizationTraits)]
struct Company {
    #[lunogram(external_id)]
    id: String,
    seats: u64,
}

#[derive(Schedule)]
struct TrialEnd {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(scheduled_at)]
    at: chrono::DateTime<chrono::Utc>,
    plan: String,
}

const NAME: &str = event_name!("newsletter_opened");

fn main() {
    assert_eq!(NAME, "newsletter_opened");
    assert_eq!(event_name!("purchase_completed"), "purchase_completed");
}
