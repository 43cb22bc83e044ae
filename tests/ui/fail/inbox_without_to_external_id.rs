use lunogram::Client;

struct UserId(u64);

fn open(client: &Client) {
    let _inbox = client.user_inbox(UserId(7));
}

fn main() {}
