use lunogram::{Client, Error, LunogramEvent, event_name};

#[derive(LunogramEvent)]
struct Überweisung {
    #[lunogram(external_id)]
    user: String,
}

#[derive(LunogramEvent)]
#[lunogram(name = "2fa_enabled")]
struct SecondFactorEnabled {
    #[lunogram(external_id)]
    user: String,
}

const PAID: &str = event_name!("支払い");

fn track(client: &Client, event: &Überweisung, other: &SecondFactorEnabled) -> Result<(), Error> {
    client.track(event)?;
    client.track(other)
}

fn main() {}
