use lunogram::{Client, LunogramEvent};

#[derive(LunogramEvent)]
struct SignedUp<'a> {
    #[lunogram(external_id)]
    user: &'a str,
}

fn signed_up(client: &Client, event: &SignedUp) {
    drop(client.schedule(event));
}

fn main() {}
