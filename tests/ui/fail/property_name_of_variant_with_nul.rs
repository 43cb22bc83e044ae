use lunogram::LunogramProperty;

#[derive(serde::Serialize, LunogramProperty)]
enum Payment {
    #[serde(rename = "card\0")]
    Card,
    Transfer {
        #[serde(rename = "iban\0")]
        iban: String,
    },
}

fn main() {}
