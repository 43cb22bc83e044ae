use lunogram::LunogramEvent;
use lunogram::subject::Addressed;

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
