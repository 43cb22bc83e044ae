use lunogram::{Addressed, LunogramEvent};

#[derive(LunogramEvent)]
struct FeatureAnnounced {
    feature: String,
}

fn send(_event: &impl Addressed) {}

fn announce() {
    send(&FeatureAnnounced {
        feature: String::new(),
    });
}

fn main() {}
