use lunogram::{Client, Error, LunogramEvent};

#[derive(LunogramEvent)]
#[serde(tag = "type", into = "Purchase", remote = "shop::Purchase", transparent)]
struct PurchaseCompleted {
    #[lunogram(external_id)]
    user: String,
    #[serde(getter = "Purchase::amount")]
    amount: f64,
}

#[derive(LunogramEvent)]
#[serde(tag = "type", content = "data")]
enum Cart {
    #[serde(skip)]
    Updated { items: u32 },
    #[serde(serialize_with = "emptied")]
    Emptied { items: u32 },
    #[serde(untagged)]
    Abandoned { items: u32 },
}

#[derive(LunogramEvent)]
#[serde(untagged)]
enum Order {
    #[serde(skip_serializing)]
    Paid { amount: f64 },
}

async fn send(client: &Client, event: &PurchaseCompleted, cart: Cart) -> Result<(), Error> {
    client.send(event).await?;
    client.track(&cart.to("user_123"))
}

fn main() {}
