//! A page that shows people what the server holds, live.
//!
//! The state becomes rows, the rows that are new since a cursor become an update, and updates are what the page waits
//! for. It changes nothing, and nothing that it asks for is recorded.

mod arrived;
mod assets;
mod changing;
mod cursor;
mod host;
mod live;
mod row;
mod stored;
mod text;
mod update;

use super::http::Shared;
use super::query::Query;
use assets::Asset;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use http_body_util::Full;
use live::Wait;

/// Where the page waits for what is new: `since` in the query is the cursor of the last answer, and with `wait=no` it does
/// not wait.
const LIVE: &str = "/live";

/// What every answer says: whoever is not this page gets nothing out of it, and it loads nothing from elsewhere.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// Whether there is a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Page {
    #[default]
    Hidden,
    Served,
}

/// Answers what belongs to the page; `None` is for the API, other methods on the page's paths included.
pub(super) async fn answer(request: &Parts, shared: &Shared) -> Option<Response<Full<Bytes>>> {
    let is_head = request.method == Method::HEAD;
    if shared.page == Page::Hidden || !(is_head || request.method == Method::GET) {
        return None;
    }
    let path = request.uri.path();
    let asset = Asset::at(path);
    if asset.is_none() && path != LIVE {
        return None;
    }
    if !host::is_loopback(request) {
        let text = "the page answers under a loopback address alone, such as http://127.0.0.1 or http://localhost\n";
        return Some(response(
            StatusCode::FORBIDDEN,
            "text/plain; charset=utf-8",
            text,
        ));
    }
    if let Some(asset) = asset {
        return Some(response(StatusCode::OK, asset.content_type, asset.content));
    }
    let body = if is_head {
        Bytes::new()
    } else {
        let query = Query::of(&request.uri);
        let since = query
            .optional("since")
            .and_then(|cursor| cursor.parse().ok());
        let wait = match query.optional("wait") {
            Some("no") => Wait::No,
            _ => Wait::ForNews,
        };
        live::news(shared, since, wait).await
    };
    Some(response(StatusCode::OK, "application/json", body))
}

fn response(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
