//! The schemas that a server observes during an import match the plan.

use import_orders_lib::import;
use lunogram::Event;
use lunogram::plan::{Finding, FindingKind, Plan};
use lunogram::testing::Server;
use serde_json::json;

fn plan() -> Plan {
    include_str!("lunogram.plan.json").parse().expect("a plan")
}

fn client(server: &Server) -> lunogram::Client {
    lunogram::Client::builder(server.key())
        .base_url(server.url())
        .project(server.project_id())
        .build()
        .expect("a client")
}

async fn imported() -> (Server, Vec<Finding>) {
    let server = Server::start().expect("a port");
    let orders = include_str!("../data/orders.csv");
    let (report, outcome) = import(orders.as_bytes(), &server.client(), |_| {}).await;
    outcome.unwrap_or_else(|error| panic!("{}: {error}", report.summary()));
    let findings = plan().observe(&client(&server)).await.expect("observed");
    (server, findings)
}

#[tokio::test]
async fn an_import_leaves_no_drift() {
    let (_, findings) = imported().await;
    assert_eq!(findings, []);
}

#[tokio::test]
async fn a_typo_is_reported_with_a_suggestion() {
    let (server, _) = imported().await;
    let user = server.users()[0].identifiers[0].external_id.clone();
    let typo = Event::new("purchase_complete")
        .to(user.clone())
        .data(json!({}));
    let other = Event::new("purchase_completed")
        .to(user)
        .data(json!({"quantity": "two", "cupon": "SUMMER"}));
    server
        .client()
        .send_all(&[typo, other])
        .await
        .expect("sent");
    let findings = plan().observe(&client(&server)).await.expect("observed");
    let lines: Vec<(FindingKind, String)> = findings
        .iter()
        .map(|finding| (finding.kind(), finding.to_string()))
        .collect();
    assert_eq!(
        lines,
        [
            (
                FindingKind::Unknown,
                "event `purchase_complete` of a user was observed, but is not in the plan; did you mean `purchase_completed`?"
                    .to_owned()
            ),
            (
                FindingKind::Unknown,
                "property `cupon` of event `purchase_completed` was observed, but is not in the plan; did you mean `coupon`?"
                    .to_owned()
            ),
            (
                FindingKind::OtherType,
                "property `quantity` of event `purchase_completed` was observed as string, but is number in the plan"
                    .to_owned()
            ),
        ]
    );
}

#[test]
fn the_plan_is_current() {
    lunogram::plan::assert_current();
}
