use lunogram::LunogramEvent;

/// Not the standard type.
#[allow(non_camel_case_types)]
type f64 = &'static str;

#[derive(LunogramEvent)]
#[lunogram(name = "purchase_completed")]
struct Paid {
    amount: f64,
    coupon: Option<String>,
    #[lunogram(flatten)]
    others: std::collections::BTreeMap<String, u8>,
}

fn main() {}
