use lunogram::{Client, Error, UserTraits};

#[derive(UserTraits)]
struct Customer<'a> {
    #[lunogram(external_id)]
    id: &'a str,
}

fn seen(client: &Client, customer: &Customer) -> Result<(), Error> {
    client.track(customer)
}

fn main() {}
