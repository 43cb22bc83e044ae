use lunogram::{Call, Client, Membership};

fn join(client: &Client) -> Call<()> {
    client.add_organization_user(&Membership::of_user("user_123"))
}

fn main() {}
