use chrono::{DateTime, Utc};
use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(scheduled_at)]
    coupon: DateTime<Utc>,
}

fn main() {}
