use lunogram::{Client, Error, LunogramEvent};

#[derive(LunogramEvent)]
#[serde(rename_all = "camelcase", bound = "T")]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[serde(skip = true)]
    card_number: String,
    #[serde(skip_serializing())]
    card_holder: String,
    #[serde(skip_serializing_if = "no coupon")]
    coupon: Option<String>,
    #[serde(skip_serializing_if)]
    voucher: Option<String>,
    #[serde(rename = total)]
    amount: f64,
    #[serde(rename(serialise = "currency_code"))]
    currency: String,
    #[serde(rename())]
    country: String,
    #[serde(with = "in cents")]
    shipping: f64,
    #[serde(rename "x")]
    tax: f64,
}

fn track(client: &Client, event: &PurchaseCompleted) -> Result<(), Error> {
    client.track(event)
}

fn main() {}
