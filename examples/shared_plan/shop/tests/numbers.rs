//! Numbers are read as they were sent. This workspace has no dependency that turns features of
//! serde_json on, as tests of the library's own workspace have.

use lunogram::hooks::Decision;
use lunogram::testing::Server;
use lunogram::{Client, LunogramEvent, UpsertUserRequest};
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize, LunogramEvent)]
#[lunogram(unplanned)]
struct Measured {
    #[lunogram(external_id)]
    user: u32,
    value: f64,
}

/// Amounts that a parser changes if it rounds approximately.
fn values() -> impl Iterator<Item = f64> {
    let computed = (1..2_000).map(|n| f64::from(n) * 1.21 / 3.0);
    computed.chain([9_108.229_094_648_827, 5e-324, 0.1 + 0.2, f64::MAX])
}

#[tokio::test(flavor = "current_thread")]
async fn numbers_survive_hooks_answers_and_look_ups() {
    let server = Server::start().unwrap();
    let client = Client::builder(server.key())
        .base_url(server.url())
        .before_send(|payload| {
            // Reads the data, and writes it again.
            payload.data_mut().insert("seen".to_owned(), true.into());
            Decision::Send
        })
        .build()
        .unwrap();
    client
        .upsert_user(&UpsertUserRequest::new(1_u32))
        .await
        .unwrap();
    let sent: Vec<_> = values().map(|value| Measured { user: 1, value }).collect();
    client.send_all(&sent).await.unwrap();
    let received = server.events::<Measured>();
    let received: Vec<_> = received
        .iter()
        .map(|event| event.value().unwrap())
        .collect();
    assert_eq!(received, sent);
}
