//! Encoding into a buffer that is used again allocates nothing.

use lunogram::__private::{Buffer, Writer};
use lunogram::LunogramEvent;
use serde::Serialize;

#[derive(LunogramEvent)]
struct PurchaseCompleted<'a> {
    #[lunogram(external_id)]
    user: u64,
    #[lunogram(external_id, source = "stripe")]
    customer: Option<&'a str>,
    product: &'a str,
    amount: f64,
    #[lunogram(string)]
    order_number: u64,
    lines: &'a [Line<'a>],
    coupon: Option<&'a str>,
}

#[derive(Serialize)]
struct Line<'a> {
    sku: &'a str,
    #[serde(rename = "unit price")]
    price: f32,
    size: Size,
}

#[derive(Serialize)]
enum Size {
    Large { centimetres: i8 },
}

#[test]
fn a_buffer_that_is_used_again_needs_no_memory() {
    let event = PurchaseCompleted {
        user: 123,
        customer: Some("cus_9s6XKzkNRiz8i3"),
        product: "quotes \" and \\ and é and \u{1}",
        amount: 99.99,
        order_number: u64::MAX,
        lines: &[Line {
            sku: "mug",
            price: 4.5,
            size: Size::Large { centimetres: 12 },
        }],
        coupon: None,
    };
    let mut out = Buffer::default();
    let mut encode = || {
        out.clear();
        let mut writer = Writer::new(&mut out);
        event.encode(&mut writer);
        writer.end_event();
        writer.finish().expect("the event is right");
    };
    encode();
    let allocations = allocation_counter::measure(|| {
        for _ in 0..100 {
            encode();
        }
    });
    assert!(!out.written().is_empty());
    assert_eq!(allocations.count_total, 0);
}
