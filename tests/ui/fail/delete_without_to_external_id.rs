use lunogram::Client;

struct UserId(u64);

fn forget(client: &Client) {
    let _call = client.delete_user(UserId(7));
}

fn main() {}
