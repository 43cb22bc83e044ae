use lunogram::{Client, Error, LunogramEvent};

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[lunogram(rename = "total\n")]
    amount: f64,
    #[serde(rename = "card\u{7f}")]
    card: String,
}

fn track(client: &Client, event: &PurchaseCompleted) -> Result<(), Error> {
    client.track(event)
}

fn main() {}
