//! Texts: what the client and the embedded server accept in each column, and what a column of its
//! length stores.

use crate::http::Http;
use crate::server::Postgres;
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

/// All columns but `phone`: a valid number is much shorter than its 64 characters.
const COLUMNS: [Column; 11] = [
    Column::ExternalId,
    Column::Source,
    Column::Email,
    Column::Timezone,
    Column::Locale,
    Column::OrganizationName,
    Column::EventName,
    Column::ScheduleName,
    Column::OsVersion,
    Column::Model,
    Column::AppVersion,
];

impl Column {
    fn limit(self) -> usize {
        if self == Self::Timezone { 50 } else { 255 }
    }

    /// The path and the body of a request with this text, and the status of a success.
    fn request(self, text: &str) -> (&'static str, Value, u16) {
        let id = json!([{"external_id": "jane"}]);
        match self {
            Self::ExternalId => ("users", json!({"identifier": [{"external_id": text}]}), 200),
            Self::Source => {
                let id = json!([{"external_id": "jane", "source": text}]);
                ("users", json!({"identifier": id}), 200)
            }
            Self::Email => ("users", json!({"identifier": id, "email": text}), 200),
            Self::Timezone => ("users", json!({"identifier": id, "timezone": text}), 200),
            Self::Locale => ("users", json!({"identifier": id, "locale": text}), 200),
            Self::OrganizationName => (
                "organizations",
                json!({"identifier": id, "name": text}),
                200,
            ),
            Self::EventName => {
                let event = json!([{"name": text, "identifier": id, "data": {}}]);
                ("users/events", event, 202)
            }
            Self::ScheduleName => {
                let schedule = json!({"name": text, "identifier": id, "interval": "24h"});
                ("users/scheduled", schedule, 202)
            }
            Self::OsVersion | Self::Model | Self::AppVersion => {
                let mut device = json!({
                    "identifier": id, "device_id": "d", "os": "ios", "config": {"token": "t"},
                });
                let key = match self {
                    Self::OsVersion => "os_version",
                    Self::Model => "model",
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
            Self::OsVersion => Device::ios("d", "t").os_version(text.clone()),
            Self::Model => Device::ios("d", "t").model(text.clone()),
            Self::AppVersion => Device::ios("d", "t").app_version(text.clone()),
            _ => Device::ios("d", "t"),
        };
        let outcome: Result<(), Error> = match self {
            Self::ExternalId => Event::new("a").to(text).check().map_err(Error::from),
            Self::Source => {
                let id = Identifier::new("jane").source(text);
                UpsertUserRequest::new(id).check().map_err(Error::from)
            }
            Self::Email => user().email(text).check().map_err(Error::from),
            Self::Timezone => user().timezone(text).check().map_err(Error::from),
            Self::Locale => user().locale(text).check().map_err(Error::from),
            Self::OrganizationName => UpsertOrganizationRequest::new("acme")
                .name(text)
                .check()
                .map_err(Error::from),
            Self::EventName => {
                let event = Event::new(text).raw_name().to("jane");
                event.check().map_err(Error::from)
            }
            Self::ScheduleName => {
                let schedule = ScheduleRequest::every(text, "jane", "24h").raw_name();
                schedule.check().map_err(Error::from)
            }
            // It checks what it does not send.
            Self::OsVersion | Self::Model | Self::AppVersion => {
                client.register_device("jane", &device).await
            }
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
        if column == Column::Email {
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
    ";
    let rows = sent
        .iter()
        .map(|(column, text)| [column.limit().to_string(), json!(text).to_string()]);
    postgres.verdicts(setup, "fits", ["characters integer", "document text"], rows)
}

#[tokio::test]
async fn generated_texts_have_the_verdict_of_their_column() {
    let postgres = Postgres::start();
    let server = Server::start().unwrap();
    let http = Http::to(&server);
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
        let jane = json!({"identifier": [{"external_id": "jane"}]});
        http.post("users", jane.to_string()).await;
        let (path, body, success) = column.request(text);
        let status = http.post(path, body.to_string()).await;
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
