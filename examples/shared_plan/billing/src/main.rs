//! A billing service, which shares a tracking plan with the shop, and sends data of organizations.
//!
//! `cargo run -p billing` sends each type once to an embedded server. Each call waits for its
//! answer, so nothing is queued that a shutdown would have to deliver.

use chrono::{DateTime, TimeDelta, Utc};
use lunogram::testing::Server;
use lunogram::{LunogramEvent, OrganizationTraits, Schedule};
use uuid::Uuid;

/// A customer company.
#[derive(OrganizationTraits)]
struct Company<'a> {
    #[lunogram(external_id)]
    id: Uuid,
    #[lunogram(name)]
    name: &'a str,
    /// The number of its employees who may use the shop.
    seats: u32,
}

/// An invoice was paid.
#[derive(LunogramEvent)]
#[lunogram(name = "invoice.paid", organization)]
struct InvoicePaid {
    #[lunogram(external_id)]
    company: Uuid,
    invoice: Uuid,
    /// In euro, without taxes.
    net: f64,
    /// When the payment arrived.
    paid_at: DateTime<Utc>,
}

/// The next invoice is due.
#[derive(Schedule)]
#[lunogram(organization)]
struct InvoiceDue {
    #[lunogram(external_id)]
    company: Uuid,
    #[lunogram(scheduled_at)]
    at: DateTime<Utc>,
    /// The expected amount in euro, without taxes, if it is known.
    net: Option<f64>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start()?;
    let client = server.client();
    let company = Company {
        id: Uuid::from_u128(456),
        name: "Acme",
        seats: 25,
    };
    client.upsert_organization(&company).await?;
    let paid = InvoicePaid {
        company: company.id,
        invoice: Uuid::from_u128(789),
        net: 1_250.0,
        paid_at: Utc::now(),
    };
    client.send(&paid).await?;
    let due = InvoiceDue {
        company: company.id,
        at: Utc::now() + TimeDelta::days(30),
        net: None,
    };
    client.schedule(&due).await?;
    println!("{} events arrived", server.all_events().len());
    Ok(())
}
