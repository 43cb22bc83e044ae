use lunogram::{Client, Error, LunogramEvent};
use serde::Serializer;

fn in_cents<S: Serializer>(amount: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f32(amount * 100.0)
}

fn without_result(_amount: &f64) {}

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[serde(serialize_with = "in_cents")]
    amount: f64,
    #[serde(skip_serializing_if = "without_result")]
    tax: f64,
}

fn track(client: &Client, event: &PurchaseCompleted) -> Result<(), Error> {
    client.track(event)
}

fn main() {}
