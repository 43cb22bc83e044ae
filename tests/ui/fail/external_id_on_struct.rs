use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(external_id)]
struct FeatureAnnounced {
    feature: String,
}

fn main() {}
