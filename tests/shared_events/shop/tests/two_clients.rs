//! One crate of events works with two versions of the client in one build.

use events::{Customer, CustomerId, Item, PurchaseCompleted, TrialEnd};
use lunogram::testing::Server;
use lunogram::{AnyEvent, LunogramEvent};
use serde_json::Value;
use std::any::TypeId;
use std::time::{Duration, SystemTime};

/// An event of this application: the derive finds `lunogram` beside its other version.
#[derive(LunogramEvent)]
struct BasketViewed {
    #[lunogram(external_id)]
    customer: CustomerId,
}

/// Sends everything that the events crate has, and returns the requests' paths and bodies.
macro_rules! sent_by {
    ($client:ident) => {{
        let server = Server::start().expect("a port");
        let client = $client::Client::builder(server.key())
            .base_url(server.url())
            .build()
            .expect("a client");
        let id = CustomerId(123);
        let customer = Customer {
            id,
            email: Some("jane@example.com"),
            plan: "pro",
        };
        client.upsert_user(&customer).await.expect("200");
        let purchase = PurchaseCompleted {
            customer: id,
            amount: 14.5,
            coupon: None,
            items: vec![Item {
                sku: "tea",
                quantity: 2,
            }],
        };
        client.send(&purchase).await.expect("202");
        let imported = events::of_export("Signed Up", id);
        client.send(&imported).await.expect("202");
        let viewed = BasketViewed { customer: id };
        let events: [&(dyn AnyEvent + Sync); 3] = [&purchase, &imported, &viewed];
        client.send_all(&events).await.expect("202");
        let end = TrialEnd {
            customer: id,
            at: SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800),
        };
        client.schedule(&end).await.expect("202");
        client.track(&purchase).expect("a valid event");
        client
            .shutdown(Duration::from_secs(10))
            .await
            .expect("an empty queue");

        assert_eq!(server.lost(), []);
        assert_eq!(server.events::<PurchaseCompleted>().len(), 3);
        let requests = server.requests();
        let json = serde_json::from_str::<Value>(&purchase.to_json().expect("valid"));
        assert_eq!(
            requests[1].body,
            Some(Value::Array(vec![json.expect("JSON")]))
        );
        requests
            .into_iter()
            .map(|request| (request.path, request.body))
            .collect::<Vec<_>>()
    }};
}

#[tokio::test]
async fn two_versions_of_the_client_send_the_same() {
    assert_ne!(
        TypeId::of::<lunogram::Client>(),
        TypeId::of::<lunogram_next::Client>()
    );
    assert_eq!(
        TypeId::of::<lunogram::Event>(),
        TypeId::of::<lunogram_next::Event>()
    );
    let by_old = sent_by!(lunogram);
    assert_eq!(by_old.len(), 6);
    assert_eq!(by_old, sent_by!(lunogram_next));
}
