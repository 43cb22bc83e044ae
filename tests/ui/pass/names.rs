//! Valid names.

use lunogram::{LunogramEvent, Schedule};

#[derive(LunogramEvent)]
struct Nothing;

#[derive(LunogramEvent)]
struct Empty {}

#[derive(LunogramEvent)]
struct Tuple();

#[derive(LunogramEvent)]
#[lunogram(raw_name = "Product Purchased", user)]
struct ProductPurchased {}

#[derive(LunogramEvent)]
#[lunogram(name = "order.line_2.shipped")]
struct Shipped {}

#[derive(LunogramEvent)]
enum Many {
    HTTPError,
    OAuth2Login(),
    #[lunogram(raw_name = "user")]
    User {},
}

#[derive(Schedule)]
#[lunogram(raw_name = "Trial End", organization, interval = "P1M")]
struct TrialEnd {
    #[lunogram(external_id)]
    user: u64,
}

fn main() {
    assert_eq!(Nothing::NAMES, ["nothing"]);
    assert_eq!(Empty::NAMES, ["empty"]);
    assert_eq!(Tuple::NAMES, ["tuple"]);
    assert_eq!(ProductPurchased::NAMES, ["Product Purchased"]);
    assert_eq!(Shipped::NAMES, ["order.line_2.shipped"]);
    assert_eq!(Many::NAMES.first(), Some(&"http_error"));
    assert_eq!(Many::User {}.event_name(), "user");
    assert_eq!(Many::HTTPError.event_name(), "http_error");
    assert_eq!(Many::OAuth2Login().event_name(), Many::NAMES[1]);
    assert_eq!(TrialEnd::NAME, "Trial End");
}
