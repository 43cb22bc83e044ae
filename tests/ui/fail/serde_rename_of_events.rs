use lunogram::{Client, Error, LunogramEvent, Schedule};

#[derive(LunogramEvent)]
#[serde(rename = "order.completed")]
struct OrderCompleted {
    #[lunogram(external_id)]
    user: String,
}

#[derive(LunogramEvent)]
#[serde(rename_all = "kebab-case")]
enum Cart {
    CartUpdated {
        #[lunogram(external_id)]
        user: String,
    },
    CartAbandoned {
        #[lunogram(external_id)]
        user: String,
    },
    #[serde(rename = "cart.emptied")]
    Emptied {
        #[lunogram(external_id)]
        user: String,
    },
}

#[derive(Schedule)]
#[lunogram(interval = "168h")]
#[serde(rename = "weekly_digest")]
struct Digest {
    #[lunogram(external_id)]
    user: String,
}

fn track(client: &Client, event: &OrderCompleted, cart: &Cart) -> Result<(), Error> {
    client.track(event)?;
    client.track(cart)
}

fn main() {}
