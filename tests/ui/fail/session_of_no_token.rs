use lunogram::Client;

fn session(client: &Client) {
    drop(client.with_session(42, "user_123"));
}

fn main() {}
