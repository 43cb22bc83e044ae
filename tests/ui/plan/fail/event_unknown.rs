use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct SignedUp {
    plan: String,
}

fn main() {}
