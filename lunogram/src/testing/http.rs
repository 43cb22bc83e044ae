//! Connections: bytes in, bytes out. What is answered is decided in `handle`.

use super::access::Access;
use super::answer::Answer;
use super::faults::{Faults, Mishap, What};
use super::handle::{Body, handle};
use super::page::{self, Page};
use super::query::Query;
use super::record::{RecordedRequest, RequestLog};
use super::routes::{Route, route};
use super::secrets::concealed;
use super::state::State;
use super::store::Moment;
use bytes::Bytes;
use chrono::Utc;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;
use uuid::Uuid;

/// The largest body that is taken in.
const LARGEST_BODY: usize = 5 << 20;
/// How much of a larger one is read and thrown away, so that its sender gets to see the refusal.
const LARGEST_REFUSED_BODY: usize = 64 << 20;
/// The pause after a connection could not be accepted, for example for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// Called with each request that was answered.
pub(super) type OnRequest = Box<dyn Fn(&RequestLog) + Send + Sync>;

/// What the server's thread and its owner share.
pub(super) struct Shared {
    pub(super) access: Access,
    pub(super) page: Page,
    on_request: Option<OnRequest>,
    state: Mutex<State>,
    faults: Mutex<Faults>,
    changes: watch::Sender<()>,
}

impl Shared {
    pub(super) fn new(access: Access, page: Page, on_request: Option<OnRequest>) -> Self {
        Self {
            access,
            page,
            on_request,
            state: Mutex::default(),
            faults: Mutex::default(),
            changes: watch::Sender::new(()),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks each change of the state from now on, and whatever `announce` is called for.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    pub(super) fn announce(&self) {
        self.changes.send_replace(());
    }

    fn answer(
        &self,
        request: &Parts,
        body: Body,
        mishap: Option<&Mishap>,
        started: Instant,
    ) -> Answer {
        let answer = {
            let mut state = self.state();
            let mut ids = Uuid::new_v4;
            let mut at = Moment::new(Utc::now(), &mut ids);
            let mut perform =
                |body: &Body| handle(&mut state.store, &self.access, request, body, &mut at);
            let answer = match mishap {
                Some(mishap) => mishap.answer(&body, perform),
                None => perform(&body),
            };
            let record = RecordedRequest {
                method: request.method.to_string(),
                path: request.uri.path().to_owned(),
                query: Query::of(&request.uri).into_pairs(),
                authorization: request.headers.contains_key(header::AUTHORIZATION),
                body: match body {
                    Body::Json(body) => Some(body),
                    Body::NotJson | Body::TooLarge => None,
                },
                status: answer.status.as_u16(),
                answer: answer.body.clone(),
                received_at: at.now(),
            };
            state.requests.push(concealed(&request.method, record));
            answer
        };
        self.announce();
        if let Some(on_request) = &self.on_request {
            on_request(&RequestLog {
                method: request.method.to_string(),
                path: request.uri.path().to_owned(),
                status: answer.status.as_u16(),
                duration: started.elapsed(),
                detail: answer.detail.clone(),
            });
        }
        answer
    }
}

/// Serves every connection until the runtime ends.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // Answers are small and awaited one by one: waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| respond(request, Arc::clone(&shared)));
    // A connection that the client breaks off is the client's business.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn respond(
    request: Request<Incoming>,
    shared: Arc<Shared>,
) -> Result<Response<Full<Bytes>>, Cut> {
    let started = Instant::now();
    let (request, mut body) = request.into_parts();
    if let Some(response) = page::answer(&request, &shared).await {
        return Ok(response);
    }
    let path = request.uri.path();
    // Faults of events wait for events; whether they are the ones that are meant shows when the body is read.
    let early = shared.faults().next(|what| !what.concerns_events());
    let what = early.as_ref().map(|mishap| &mishap.what);
    if what == Some(&What::CutBefore) {
        return Err(Cut);
    }
    if what == Some(&What::CutInBody) {
        let _ = body.frame().await;
        return Err(Cut);
    }
    let (body, length) = read(body).await.map_err(|_| Cut)?;
    match what {
        Some(What::CutAfter) => return Err(Cut),
        Some(What::Latency(latency)) => sleep(*latency).await,
        Some(What::Bandwidth(rate)) => {
            let milliseconds = length as u64 * 1_000 / u64::from(*rate);
            sleep(Duration::from_millis(milliseconds)).await;
        }
        _ => {}
    }
    let is_events = path.ends_with("/events");
    let late = || {
        shared
            .faults()
            .next(|what| is_events && what.concerns(&body))
    };
    let mishap = early.or_else(late);
    let answer = shared.answer(&request, body, mishap.as_ref(), started);
    if mishap
        .as_ref()
        .is_some_and(|mishap| mishap.what == What::LoseAnswer)
    {
        return Err(Cut);
    }
    let mut response = response(answer, &request);
    if let Some(wait) = mishap.and_then(|mishap| mishap.retry_after) {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
    }
    Ok(response)
}

/// The end of a connection, instead of an answer.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut")
    }
}

impl std::error::Error for Cut {}

impl What {
    /// Whether the body of the request has to be known first.
    fn concerns_events(&self) -> bool {
        matches!(self, Self::FailAfter(_) | Self::Refuse(_))
    }

    /// Whether it happens to this batch of events.
    fn concerns(&self, body: &Body) -> bool {
        let Body::Json(Value::Array(events)) = body else {
            return false;
        };
        match self {
            Self::FailAfter(count) => events.len() > *count,
            Self::Refuse(name) => events.iter().any(|event| event["name"] == name.as_str()),
            _ => false,
        }
    }
}

impl Mishap {
    /// What is answered, `perform` being what would have been.
    fn answer(&self, body: &Body, mut perform: impl FnMut(&Body) -> Answer) -> Answer {
        match (&self.what, body) {
            (What::Status(status), _) => {
                let title = status.canonical_reason().unwrap_or("fault").to_lowercase();
                Answer::problem(*status, &title, "injected")
            }
            (What::Refuse(name), _) => Answer::problem(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unprocessable entity",
                format!("injected: {name:?} is refused"),
            ),
            (What::FailAfter(events), Body::Json(Value::Array(batch))) => {
                let first = batch.iter().take(*events).cloned().collect::<Vec<_>>();
                if !first.is_empty() {
                    let answer = perform(&Body::Json(first.into()));
                    if !answer.status.is_success() {
                        return answer;
                    }
                }
                Answer::problem(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal server error",
                    "injected",
                )
            }
            _ => perform(body),
        }
    }
}

/// Reads all of the body even where it will be refused, so that the connection stays usable.
async fn read(mut body: Incoming) -> Result<(Body, usize), hyper::Error> {
    let mut bytes = Vec::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        if length <= LARGEST_BODY {
            bytes.extend_from_slice(&data);
        } else if length > LARGEST_REFUSED_BODY {
            break;
        }
    }
    if length > LARGEST_BODY {
        return Ok((Body::TooLarge, length));
    }
    let body = serde_json::from_slice(&bytes).map_or(Body::NotJson, Body::Json);
    Ok((body, length))
}

fn response(answer: Answer, request: &Parts) -> Response<Full<Bytes>> {
    let body = answer.body.map(|body| Bytes::from(body.to_string()));
    let is_json = body.is_some();
    let mut response = Response::new(Full::new(body.unwrap_or_default()));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    if is_json {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
    }
    if answer.status == StatusCode::METHOD_NOT_ALLOWED
        && let Route::WrongMethod(methods) = route(&request.method, request.uri.path())
    {
        for method in methods {
            if let Ok(method) = HeaderValue::from_str(method.as_str()) {
                headers.append(header::ALLOW, method);
            }
        }
    }
    response
}
