use lunogram::{Client, Error, UserTraits};

#[derive(UserTraits)]
struct Customer {
    #[lunogram(external_id)]
    id: String,
    #[serde(skip_serialising)]
    password_hash: String,
}

async fn save(client: &Client, customer: &Customer) -> Result<(), Error> {
    client.upsert_user(customer).await?;
    client.identify(customer)
}

fn main() {}
