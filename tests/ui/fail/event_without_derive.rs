use lunogram::Client;

struct SignedUp<'a> {
    user: &'a str,
}

fn signed_up(client: &Client, user: &str) {
    drop(client.send(&SignedUp { user }));
}

fn main() {}
