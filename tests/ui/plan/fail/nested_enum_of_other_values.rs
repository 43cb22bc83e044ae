use lunogram::LunogramProperty;
use serde::Serialize;

#[derive(Serialize, LunogramProperty)]
#[serde(rename_all = "lowercase")]
enum Currency {
    Eur,
    Jpy,
}

fn main() {}
