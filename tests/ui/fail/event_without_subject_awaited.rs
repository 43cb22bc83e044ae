use lunogram::{Client, Error, LunogramEvent};

#[derive(LunogramEvent)]
struct FeatureAnnounced {
    feature: &'static str,
}

async fn announce(client: &Client) -> Result<(), Error> {
    client.send(&FeatureAnnounced { feature: "exports" }).await?;
    client.track(&FeatureAnnounced { feature: "exports" })
}

fn main() {}
