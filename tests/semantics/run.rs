//! Runs the rows of the tables.

use super::state::state;
use super::table::Step;
use lunogram::testing::{Families, Management, Server, SessionData};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use std::collections::BTreeMap;

/// A client for all rows of a test.
pub(super) fn http() -> reqwest::Client {
    // Building a client needs a provider, although no row uses TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client")
}

/// Runs the steps of a row on a new server, and returns the first failure.
pub(super) async fn run(
    http: &reqwest::Client,
    settings: &[(&str, &str)],
    steps: &[Step<'_>],
) -> Result<(), String> {
    let server = start(settings);
    let mut run = Run::new(&server, http);
    for step in steps {
        let done = run.step(step).await;
        done.map_err(|failure| format!("{step:?}\n{failure}"))?;
    }
    match run.answer {
        Some(answer) if !answer.is_checked => Err(format!("{answer:?} is not expected")),
        _ => Ok(()),
    }
}

fn start(settings: &[(&str, &str)]) -> Server {
    let builder = Server::builder();
    let builder = settings
        .iter()
        .fold(builder, |builder, setting| match *setting {
            ("families", "key-scoped") => builder.families(Families::KeyScoped),
            ("families", "project-scoped") => builder.families(Families::ProjectScoped),
            ("events", names) => builder.allow_events(names.split(' ')),
            ("session-events", names) => builder.allow_session_events(names.split(' ')),
            ("session-data", "all") => builder.session_data(SessionData::All),
            ("management", "older") => builder.management(Management::Older),
            other => panic!("unknown setting {other:?}"),
        });
    builder.start().expect("a port")
}

/// An answer with the parts that rows look at.
#[derive(Debug)]
struct Answer {
    status: u16,
    content_type: Option<String>,
    body: String,
    is_checked: bool,
}

struct Run<'a> {
    server: &'a Server,
    http: &'a reqwest::Client,
    base: String,
    headers: HeaderMap,
    answer: Option<Answer>,
    kept: BTreeMap<String, String>,
}

impl<'a> Run<'a> {
    fn new(server: &'a Server, http: &'a reqwest::Client) -> Self {
        let kept = [
            ("key", server.key().to_owned()),
            ("project", server.project_id().to_string()),
        ];
        Self {
            server,
            http,
            base: "/api/client".to_owned(),
            headers: usual_headers(server),
            answer: None,
            kept: kept.map(|(name, value)| (name.to_owned(), value)).into(),
        }
    }

    async fn step(&mut self, step: &Step<'_>) -> Result<(), String> {
        match *step {
            Step::Base(path) => self.base = self.fill(path),
            Step::Header { name, value } => {
                let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
                self.headers.remove(&name);
                if !value.is_empty() {
                    let value = HeaderValue::from_str(&self.fill(value)).expect("a value");
                    self.headers.insert(name, value);
                }
            }
            Step::Request { method, path, body } => return self.send(method, path, body).await,
            Step::Answer { status, body } => {
                let expected = self.fill(body);
                let answer = self.answer.as_mut().ok_or("no request comes before it")?;
                answer.is_checked = true;
                return answer.check(status, &expected);
            }
            Step::Keep { name, pointer } => {
                let answer = self.answer.as_ref().ok_or("no answer")?;
                let json: Value = serde_json::from_str(&answer.body).map_err(|e| e.to_string())?;
                let value = json.pointer(pointer).ok_or("the answer has no such part")?;
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                self.kept.insert(name.to_owned(), text);
            }
            Step::State { name, pattern } => {
                let pattern = json(&self.fill(pattern));
                return compare(name, &pattern, &state(self.server, name));
            }
        }
        Ok(())
    }

    async fn send(&mut self, method: &str, path: &str, body: &str) -> Result<(), String> {
        if let Some(answer) = &self.answer
            && !answer.is_checked
        {
            return Err(format!("the answer before it is not expected: {answer:?}"));
        }
        let path = self.fill(path);
        let path = match path.strip_prefix('/') {
            Some(absolute) => format!("/{absolute}"),
            None => format!("{}/{path}", self.base),
        };
        let headers = std::mem::replace(&mut self.headers, usual_headers(self.server));
        let response = self
            .http
            .request(
                method.parse().expect("a method"),
                format!("{}{path}", self.server.url()),
            )
            .headers(headers)
            .body(self.fill(body))
            .send()
            .await
            .expect("an answer");
        let content_type = response.headers().get("content-type");
        self.answer = Some(Answer {
            status: response.status().as_u16(),
            content_type: content_type.map(|value| value.to_str().expect("a text").to_owned()),
            body: response.text().await.expect("the whole answer"),
            is_checked: false,
        });
        Ok(())
    }

    /// Replaces `<NAME>` by a kept value, and `<x*256>` by 256 times `x`.
    fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('<') {
            filled.push_str(before);
            let (name, after) = after.split_once('>').expect("a closing `>`");
            match (name.split_once('*'), self.kept.get(name)) {
                (Some((part, count)), _) => {
                    filled.push_str(&part.repeat(count.parse().expect("a count")));
                }
                (None, Some(value)) => filled.push_str(value),
                (None, None) => panic!("no line keeps <{name}>"),
            }
            rest = after;
        }
        filled + rest
    }
}

/// The headers of a request unless a row says otherwise.
fn usual_headers(server: &Server) -> HeaderMap {
    let key = format!("Bearer {}", server.key());
    [
        ("authorization", key.as_str()),
        ("content-type", "application/json"),
    ]
    .into_iter()
    .map(|(name, value)| {
        let name = HeaderName::from_static(name);
        (name, HeaderValue::from_str(value).expect("a value"))
    })
    .collect()
}

impl Answer {
    /// Compares it with the status and the body of a row's line.
    fn check(&self, status: u16, expected: &str) -> Result<(), String> {
        if self.status != status {
            return Err(format!("the status is {}: {}", self.status, self.body));
        }
        let content_type = match expected {
            "" => return Ok(()),
            "empty" if self.body.is_empty() => return Ok(()),
            "empty" => return Err(format!("the body is {}", self.body)),
            "html" => "text/html; charset=utf-8",
            _ => "application/json",
        };
        if self.content_type.as_deref() != Some(content_type) {
            return Err(format!("the content-type is {:?}", self.content_type));
        }
        if expected == "html" {
            return Ok(());
        }
        let actual: Value = serde_json::from_str(&self.body).map_err(|error| error.to_string())?;
        match json(expected) {
            detail @ Value::String(_) => {
                compare("body.title", &Value::from("*"), &actual["title"])?;
                compare("body.detail", &detail, &actual["detail"])
            }
            pattern => compare("body", &pattern, &actual),
        }
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// Compares a value with a pattern, and returns the first difference.
fn compare(path: &str, pattern: &Value, actual: &Value) -> Result<(), String> {
    let is_equal = match (pattern, actual) {
        (Value::Object(pattern), Value::Object(fields)) => {
            return pattern.iter().try_for_each(|(key, pattern)| {
                let path = format!("{path}.{key}");
                let actual = fields.get(key).unwrap_or(&Value::Null);
                if matches!(key.as_str(), "data" | "metadata" | "content") && pattern != "*" {
                    equal(&path, pattern, actual)
                } else {
                    compare(&path, pattern, actual)
                }
            });
        }
        (Value::Array(pattern), Value::Array(items)) if pattern.len() == items.len() => {
            return pattern.iter().zip(items).enumerate().try_for_each(
                |(index, (pattern, item))| compare(&format!("{path}[{index}]"), pattern, item),
            );
        }
        (Value::String(pattern), actual) if pattern == "*" => !actual.is_null(),
        (Value::String(pattern), Value::String(text)) => match pattern.strip_prefix('~') {
            Some(part) => text.contains(part),
            None => pattern == text,
        },
        (pattern, actual) => pattern == actual,
    };
    if is_equal {
        Ok(())
    } else {
        Err(format!("{path} is {actual} and not {pattern}"))
    }
}

fn equal(path: &str, expected: &Value, actual: &Value) -> Result<(), String> {
    if expected == actual {
        Ok(())
    } else {
        Err(format!("{path} is {actual} and not {expected}"))
    }
}
