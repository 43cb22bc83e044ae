use lunogram::{Client, Error};

struct SignedUp<'a> {
    user: &'a str,
}

async fn signed_up(client: &Client, user: &str) -> Result<(), Error> {
    client.send(&SignedUp { user }).await?;
    Ok(())
}

fn main() {}
