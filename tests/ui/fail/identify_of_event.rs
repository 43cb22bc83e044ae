use lunogram::{Client, Error, LunogramEvent};

#[derive(LunogramEvent)]
struct SignedUp<'a> {
    #[lunogram(external_id)]
    user: &'a str,
}

fn signed_up(client: &Client, event: &SignedUp) -> Result<(), Error> {
    client.identify(event)
}

fn main() {}
