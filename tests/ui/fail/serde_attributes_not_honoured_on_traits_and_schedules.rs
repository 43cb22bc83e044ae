use lunogram::{Client, Error, Schedule, UserTraits};

#[derive(UserTraits)]
#[serde(tag = "kind", into = "Row")]
struct Customer {
    #[lunogram(external_id)]
    id: String,
}

#[derive(Schedule)]
#[lunogram(interval = "168h")]
#[serde(tag = "kind")]
struct Digest {
    #[lunogram(external_id)]
    user: String,
}

async fn send(client: &Client, customer: &Customer, digest: &Digest) -> Result<(), Error> {
    client.upsert_user(customer).await?;
    client.schedule(digest).await?;
    Ok(())
}

fn main() {}
