#![deny(unused_must_use)]

fn main() -> Result<(), lunogram::Error> {
    let client = lunogram::Client::disabled();
    client.for_project("sk_1", None)?;
    client.blocking()?.for_project("sk_1", None)?;
    Ok(())
}
