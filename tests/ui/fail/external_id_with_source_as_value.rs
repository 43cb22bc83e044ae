use lunogram::{Client, Error, LunogramEvent};

#[derive(LunogramEvent)]
struct PurchaseCompleted {
    #[lunogram(external_id = "stripe")]
    customer: String,
}

fn track(client: &Client, event: &PurchaseCompleted) -> Result<(), Error> {
    client.track(event)
}

fn main() {}
