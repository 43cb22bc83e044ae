//! The events, traits and schedules that the applications of a company share.

use lunogram_core::{Event, ExternalId, LunogramEvent, LunogramProperty, Schedule, UserTraits};
use serde::Serialize;
use std::borrow::Cow;
use std::time::SystemTime;

/// The id of a customer.
#[derive(Clone, Copy, Debug, ExternalId)]
pub struct CustomerId(pub u64);

/// A customer.
#[derive(UserTraits)]
pub struct Customer<'a> {
    #[lunogram(external_id)]
    pub id: CustomerId,
    #[lunogram(email)]
    pub email: Option<&'a str>,
    pub plan: &'a str,
}

/// A basket was paid.
#[derive(LunogramEvent)]
pub struct PurchaseCompleted<'a> {
    #[lunogram(external_id)]
    pub customer: CustomerId,
    pub amount: f64,
    pub coupon: Option<&'a str>,
    pub items: Vec<Item<'a>>,
}

/// One line of a basket.
#[derive(LunogramProperty, Serialize)]
pub struct Item<'a> {
    pub sku: &'a str,
    pub quantity: u32,
}

/// The end of a customer's trial.
#[derive(Schedule)]
pub struct TrialEnd {
    #[lunogram(external_id)]
    pub customer: CustomerId,
    #[lunogram(scheduled_at)]
    pub at: SystemTime,
}

/// An event of the old shop, whose names are known only to its export.
pub fn of_export(name: impl Into<Cow<'static, str>>, customer: CustomerId) -> Event {
    Event::new(name).raw_name().to(customer)
}
