use lunogram::{Client, LunogramEvent};

#[derive(LunogramEvent)]
struct FeatureAnnounced {
    feature: String,
}

fn announce(client: &Client, announced: &FeatureAnnounced) {
    drop(client.send(announced));
}

fn main() {}
