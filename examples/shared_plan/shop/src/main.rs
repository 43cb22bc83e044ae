//! A shop, which shares a tracking plan with the billing service, and sends data of users.
//!
//! `cargo run -p shop` sends each type once to an embedded server. Each call waits for its
//! answer, so nothing is queued that a shutdown would have to deliver.

use lunogram::testing::Server;
use lunogram::{Event, LunogramEvent, LunogramProperty, UserTraits, event_name};
use serde::Serialize;

/// A user with an account.
#[derive(UserTraits)]
struct Customer<'a> {
    #[lunogram(external_id)]
    id: &'a str,
    #[lunogram(email)]
    email: &'a str,
    /// The subscribed plan.
    plan: Plan,
    /// The sum of all purchases, in euro.
    lifetime_value: f64,
}

/// The plans on offer.
#[derive(Serialize, LunogramProperty)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Free,
    Pro,
}

/// A cart was paid for.
#[derive(LunogramEvent)]
struct PurchaseCompleted<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    /// The order number as printed on the invoice.
    #[lunogram(string)]
    order_number: u64,
    /// In euro, with taxes.
    amount: Euro,
    /// The redeemed code.
    coupon: Option<&'a str>,
    items: Vec<Item<'a>>,
}

/// An alias: the plan uses the type, `number`, and not the name of the alias.
type Euro = f64;

/// A line of a cart.
#[derive(Serialize, LunogramProperty)]
struct Item<'a> {
    /// The article number.
    sku: &'a str,
    quantity: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    gift_wrap: Option<bool>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start()?;
    let client = server.client();
    let customer = Customer {
        id: "user_123",
        email: "jane@example.com",
        plan: Plan::Pro,
        lifetime_value: 1_204.5,
    };
    client.upsert_user(&customer).await?;
    let purchase = PurchaseCompleted {
        user: customer.id,
        order_number: 9_007_199_254_740_993,
        amount: 14.5,
        coupon: None,
        items: vec![Item {
            sku: "mug-l",
            quantity: 1,
            gift_wrap: Some(true),
        }],
    };
    client.send(&purchase).await?;
    // `event_name!` puts a name without a type into the plan.
    let opened = Event::new(event_name!("newsletter_opened")).to(customer.id);
    client.send(&opened).await?;
    if customer.lifetime_value == 0.0 {
        let fresh = Customer {
            plan: Plan::Free,
            ..customer
        };
        client.upsert_user(&fresh).await?;
    }
    println!("{} events arrived", server.all_events().len());
    Ok(())
}
