use lunogram::UserTraits;

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    #[serde(with = "hex")]
    id: u64,
    #[lunogram(email)]
    #[serde(serialize_with = "lower")]
    email: String,
    #[lunogram(phone)]
    #[serde(skip_serializing_if = "String::is_empty")]
    phone: String,
}

fn main() {}
