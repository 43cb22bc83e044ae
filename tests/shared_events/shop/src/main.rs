//! An application whose parts have different versions of the client.

use events::{Customer, CustomerId, PurchaseCompleted};
use lunogram::testing::Server;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start()?;
    let old = server.client();
    let new = lunogram_next::Client::builder(server.key())
        .base_url(server.url())
        .build()?;

    let id = CustomerId(123);
    let customer = Customer {
        id,
        email: Some("jane@example.com"),
        plan: "pro",
    };
    old.upsert_user(&customer).await?;
    new.send(&PurchaseCompleted {
        customer: id,
        amount: 14.5,
        coupon: None,
        items: Vec::new(),
    })
    .await?;
    println!(
        "{} event arrived",
        server.events::<PurchaseCompleted>().len()
    );
    Ok(())
}
