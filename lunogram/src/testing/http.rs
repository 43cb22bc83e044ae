//! Connections: bytes in, bytes out. What is answered is decided in `handle`.

use super::access::Access;
use super::answer::Answer;
use super::handle::{Body, handle};
use super::record::{RecordedRequest, RequestLog};
use super::routes::{Route, route};
use super::store::{Moment, Store};
use bytes::Bytes;
use chrono::Utc;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use uuid::Uuid;

/// The largest body that is taken in.
const LARGEST_BODY: usize = 5 << 20;
/// How much of a larger one is read and thrown away, so that its sender gets to see the refusal.
const LARGEST_REFUSED_BODY: usize = 64 << 20;
/// The pause after a connection could not be accepted, for example for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// Called with each request that was answered.
pub(super) type OnRequest = Box<dyn Fn(&RequestLog) + Send + Sync>;

/// All that changes while the server runs.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) store: Store,
    pub(super) requests: Vec<RecordedRequest>,
}

/// What the server's thread and its owner share.
pub(super) struct Shared {
    pub(super) access: Access,
    on_request: Option<OnRequest>,
    state: Mutex<State>,
    changes: watch::Sender<()>,
}

impl Shared {
    pub(super) fn new(access: Access, on_request: Option<OnRequest>) -> Self {
        Self {
            access,
            on_request,
            state: Mutex::default(),
            changes: watch::Sender::new(()),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks each change of the state from now on, and whatever `announce` is called for.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    pub(super) fn announce(&self) {
        self.changes.send_replace(());
    }

    fn answer(&self, request: &Parts, body: Body, started: Instant) -> Answer {
        let answer = {
            let mut state = self.state();
            let mut ids = Uuid::new_v4;
            let mut at = Moment::new(Utc::now(), &mut ids);
            let answer = handle(&mut state.store, &self.access, request, &body, &mut at);
            state.requests.push(RecordedRequest {
                method: request.method.to_string(),
                path: request.uri.path().to_owned(),
                authorization: request.headers.contains_key(header::AUTHORIZATION),
                body: match body {
                    Body::Json(body) => Some(body),
                    Body::NotJson | Body::TooLarge => None,
                },
                status: answer.status.as_u16(),
                answer: answer.body.clone(),
            });
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
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let started = Instant::now();
    let (request, body) = request.into_parts();
    let body = read(body).await?;
    let answer = shared.answer(&request, body, started);
    Ok(response(answer, &request))
}

/// Reads all of the body even where it will be refused, so that the connection stays usable.
async fn read(mut body: Incoming) -> Result<Body, hyper::Error> {
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
        return Ok(Body::TooLarge);
    }
    Ok(serde_json::from_slice(&bytes).map_or(Body::NotJson, Body::Json))
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
