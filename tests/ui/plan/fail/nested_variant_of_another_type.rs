use lunogram::LunogramProperty;
use serde::Serialize;

#[derive(Serialize, LunogramProperty)]
#[serde(tag = "kind")]
enum Payment {
    Card { last4: u16 },
    Cash,
}

fn main() {}
