use lunogram::LunogramProperty;
use serde::Serialize;

#[derive(Serialize, LunogramProperty)]
#[serde(tag = "kind")]
enum Payment {
    Card { last4: String },
}

#[derive(Serialize, LunogramProperty)]
enum Currency {
    Euro(u8),
}

#[derive(Serialize, LunogramProperty)]
#[lunogram(name = "Currency")]
struct Another {
    code: String,
}

fn main() {}
