//! Texts: what the client and the embedded server accept in each column, and what a column of its
//! length stores.

use crate::server::{Postgres, copy};
use crate::{cases, generate};
use lunogram::push::Device;
use lunogram::testing::Server;
use lunogram::{
    AnyEvent, AnySchedule, AnyTraits, Client, Error, Event, Identifier, Problem, ProblemKind,
    ScheduleRequest, UpsertOrganizationRequest, UpsertUserRequest,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// A column of the platform's database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    ExternalId,
    Source,
    Email,
    Timezone,
    Locale,
    OrganizationName,
    EventName,
    ScheduleName,
    OsVersion,
    Model,
    AppVersion,
}

use Column::{
    AppVersion, Email, EventName, ExternalId, Locale, Model, OrganizationName, OsVersion,
    ScheduleName, Source, Timezone,
};

/// All columns but `phone`: a valid number is much shorter than its 64 characters.
const COLUMNS: [Column; 11] = [
    ExternalId,
    Source,
    Email,
    Timezone,
    Locale,
    OrganizationName,
    EventName,
    ScheduleName,
    OsVersion,
    Model,
    AppVersion,
];

impl Column {
    fn limit(self) -> usize {
        if self == Timezone { 50 } else { 255 }
    }

    /// The path and the body of a request with this text, and the status of a success.
    fn request(self, text: &str) -> (&'static str, Value, u16) {
        let id = json!([{"external_id": "jane"}]);
        match self {
            ExternalId => ("users", json!({"identifier": [{"external_id": text}]}), 200),
            Source => {
                let id = json!([{"external_id": "jane", "source": text}]);
                ("users", json!({"identifier": id}), 200)
            }
            Email => ("users", json!({"identifier": id, "email": text}), 200),
            Timezone => ("users", json!({"identifier": id, "timezone": text}), 200),
            Locale => ("users", json!({"identifier": id, "locale": text}), 200),
            OrganizationName => (
                "organizations",
                json!({"identifier": id, "name": text}),
                200,
            ),
            EventName => {
                let event = json!([{"name": text, "identifier": id, "data": {}}]);
                ("users/events", event, 202)
            }
            ScheduleName => {
                let schedule = json!({"name": text, "identifier": id, "interval": "24h"});
                ("users/scheduled", schedule, 202)
            }
            OsVersion | Model | AppVersion => {
                let mut device = json!({
                    "identifier": id, "device_id": "d", "os": "ios", "config": {"token": "t"},
                });
                let key = match self {
                    OsVersion => "os_version",
                    Model => "model",
                    _ => "app_version",
                };
                device[key] = text.into();
                ("users/devices", device, 201)
            }
        }
    }

    /// The problems that the client, which is disabled, finds in this text.
    async fn problems(self, client: &Client, text: &str) -> Vec<Problem> {
        let user = || UpsertUserRequest::new("jane");
        let text = text.to_owned();
        let device = match self {
            OsVersion => Device::ios("d", "t").os_version(text.clone()),
            Model => Device::ios("d", "t").model(text.clone()),
            AppVersion => Device::ios("d", "t").app_version(text.clone()),
            _ => Device::ios("d", "t"),
        };
        let outcome: Result<(), Error> = match self {
            ExternalId => Event::new("a").to(text).check().map_err(Error::from),
            Source => {
                let id = Identifier::new("jane").source(text);
                UpsertUserRequest::new(id).check().map_err(Error::from)
            }
            Email => user().email(text).check().map_err(Error::from),
            Timezone => user().timezone(text).check().map_err(Error::from),
            Locale => user().locale(text).check().map_err(Error::from),
            OrganizationName => UpsertOrganizationRequest::new("acme")
                .name(text)
                .check()
                .map_err(Error::from),
            EventName => {
                let event = Event::new(text).raw_name().to("jane");
                event.check().map_err(Error::from)
            }
            ScheduleName => {
                let schedule = ScheduleRequest::every(text, "jane", "24h").raw_name();
                schedule.check().map_err(Error::from)
            }
            // It checks what it does not send.
            OsVersion | Model | AppVersion => client.register_device("jane", &device).await,
        };
        outcome.map_or_else(|error| error.problems().to_vec(), |()| Vec::new())
    }
}

/// A text whose length is near the limit of its column. It never ends with a space, since a column
/// cuts off those that are too many.
fn sent() -> impl Strategy<Value = (Column, String)> {
    let column = prop::sample::select(&COLUMNS[..]);
    let character = prop::sample::select(&["x", "é", "日", "🦀", "\u{301}", "\u{2003}"][..]);
    let nul = prop::bool::weighted(0.05);
    (column, character, -4..4_isize, nul).prop_map(|(column, character, more, nul)| {
        let length = column.limit().saturating_add_signed(more);
        // Only characters of the contract's pattern reach the column of email addresses.
        if column == Email {
            let text = "x".repeat(length - "@example.com".len()) + "@example.com";
            return (column, text);
        }
        let end = if nul { "\0" } else { "x" };
        (column, format!("x{}{end}", character.repeat(length - 2)))
    })
}

/// Whether a column of its length stores each text.
fn stored(postgres: &Postgres, sent: &[(Column, String)]) -> Vec<bool> {
    let setup = "
        CREATE FUNCTION pg_temp.fits(characters integer, document text) RETURNS boolean
        LANGUAGE plpgsql AS $$
            DECLARE
                short varchar(50);
                usual varchar(255);
            BEGIN
                IF characters = 50 THEN
                    short := document::jsonb #>> '{}';
                ELSE
                    usual := document::jsonb #>> '{}';
                END IF;
                RETURN true;
            EXCEPTION
                WHEN string_data_right_truncation OR untranslatable_character THEN RETURN false;
            END
        $$;
        CREATE TEMP TABLE sent (
            number integer GENERATED ALWAYS AS IDENTITY, characters integer, document text
        );
    ";
    let rows = sent
        .iter()
        .map(|(column, text)| [column.limit().to_string(), json!(text).to_string()]);
    let rows = copy("sent(characters, document)", rows);
    let query = "SELECT pg_temp.fits(characters, document) FROM sent ORDER BY number;";
    let lines = postgres.run(&(setup.to_owned() + &rows + query));
    assert_eq!(lines.len(), sent.len());
    lines.iter().map(|line| line == "t").collect()
}

#[tokio::test]
async fn generated_texts_have_the_verdict_of_their_column() {
    let postgres = Postgres::start();
    let server = Server::start().unwrap();
    // The client only speaks plain HTTP, but needs a TLS provider to be built.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = async |path: &str, body: &Value| {
        let request = http
            .post(format!("{}/api/client/{path}", server.url()))
            .bearer_auth(server.key())
            .header("content-type", "application/json")
            .body(body.to_string());
        request.send().await.unwrap().status().as_u16()
    };
    let mut runner = TestRunner::deterministic();
    let strategy = sent();
    // There are fewer combinations than cases.
    let sent: Vec<_> = (0..cases() / 4)
        .map(|_| generate(&strategy, &mut runner))
        .collect();
    let verdicts = stored(&postgres, &sent);
    let client = Client::disabled();
    for ((column, text), is_stored) in sent.iter().zip(&verdicts) {
        let problems = column.problems(&client, text).await;
        // Other rules may refuse what the column stores, and its own may not.
        let is_limited = problems
            .iter()
            .any(|problem| matches!(problem.kind(), ProblemKind::TooLong | ProblemKind::Nul));
        assert!(*is_stored || !problems.is_empty(), "{column:?} {text:?}");
        assert!(
            !is_limited || !is_stored,
            "{column:?} {text:?}: {problems:?}"
        );
    }
    let mut accepted = 0;
    for ((column, text), is_stored) in sent.iter().zip(verdicts).take(cases() / 20) {
        server.reset();
        post("users", &json!({"identifier": [{"external_id": "jane"}]})).await;
        let (path, body, success) = column.request(text);
        let status = post(path, &body).await;
        // An event and a schedule are stored after the answer.
        let is_accepted = status == success && server.lost().is_empty();
        let is_refused = status == if success == 202 { 202 } else { 500 };
        assert!(is_accepted || is_refused, "{column:?} {text:?}: {status}");
        assert_eq!(is_accepted, is_stored, "{column:?} {text:?}: {status}");
        accepted += usize::from(is_accepted);
    }
    // Both verdicts have to occur often.
    let tried = cases() / 20;
    assert!(
        (tried / 4..tried * 3 / 4).contains(&accepted),
        "{accepted} are stored"
    );
}
