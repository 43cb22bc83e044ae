//! A page for the browser that shows the server's data, live (feature `page`).
//!
//! The page polls with a cursor. The state is rendered as rows, and the rows that are new since the
//! cursor are sent as an update. The page only reads, and its requests are not recorded.

mod assets;
mod cursor;
mod host;
mod logs;
mod poll;
mod row;
mod sections;
mod snapshots;
mod text;
mod update;

use super::api::{Query, Shared};
use assets::Asset;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use http_body_util::Full;
use poll::Wait;

/// The path of updates. The query parameter `since` is the cursor of the last update; with
/// `wait=no` the response does not wait for a change.
const LIVE: &str = "/live";

/// The headers of every response: other sites cannot read or embed the page, and it loads nothing
/// from other hosts.
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

/// Whether the server serves the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Page {
    #[default]
    Hidden,
    Served,
}

/// Answers a request for the page. `None` leaves the request to the API, also another method on a
/// path of the page.
pub(super) async fn respond(
    page: Page,
    request: &Parts,
    shared: &Shared,
) -> Option<Response<Full<Bytes>>> {
    let is_head = request.method == Method::HEAD;
    if page == Page::Hidden || !(is_head || request.method == Method::GET) {
        return None;
    }
    let path = request.uri.path();
    let asset = Asset::at(path);
    if asset.is_none() && path != LIVE {
        return None;
    }
    if !host::is_loopback(request) {
        let text = "the page is only served under a loopback address, such as http://127.0.0.1 or http://localhost\n";
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
            _ => Wait::ForChange,
        };
        poll::next_update(shared, since, wait).await
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
