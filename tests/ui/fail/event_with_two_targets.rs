use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct FeatureAnnounced {
    feature: String,
}

fn announce(event: FeatureAnnounced) {
    let _ = event.to("user_123").to("user_456");
}

fn main() {}
