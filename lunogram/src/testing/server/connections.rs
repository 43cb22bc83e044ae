//! Accepts connections, and passes each request to the page or to the API.

use super::phase::{Observed, Phases};
use crate::clock::either;
use crate::testing::api::{Cut, Shared, respond};
#[cfg(feature = "page")]
use crate::testing::page::{self, Page};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// The pause after a failed `accept`, for example when file descriptors have run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// The handlers of one server.
#[derive(Clone)]
pub(super) struct Service {
    pub(super) shared: Arc<Shared>,
    #[cfg(feature = "page")]
    pub(super) page: Page,
}

impl Service {
    async fn respond(
        &self,
        request: Request<Incoming>,
        phases: &Phases,
    ) -> Result<Response<Full<Bytes>>, Cut> {
        #[cfg(feature = "page")]
        let request = {
            let (parts, body) = request.into_parts();
            if let Some(response) = page::respond(self.page, &parts, &self.shared).await {
                return Ok(response);
            }
            Request::from_parts(parts, body)
        };
        respond(request, &self.shared, || phases.read()).await
    }
}

/// Serves every connection until the runtime is dropped.
pub(super) async fn accept(listener: TcpListener, service: Service) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, service.clone()));
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn serve(stream: TcpStream, service: Service) {
    // Responses are small and awaited one by one; Nagle's algorithm would only delay them.
    let _ = stream.set_nodelay(true);
    let timing = &service.shared.timing;
    let (clock, limits) = (timing.clock.clone(), timing.limits());
    let phases = Arc::new(Phases::new(clock.clone()));
    let stream = Observed {
        stream,
        phases: Arc::clone(&phases),
    };
    let of_requests = Arc::clone(&phases);
    let service = service_fn(move |request| {
        let (service, phases) = (service.clone(), Arc::clone(&of_requests));
        async move {
            let response = service.respond(request, &phases).await;
            phases.answered();
            response
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // An error is a client that disconnected, or a cut. Dropping the connection closes it.
    either(connection, phases.too_long(&limits)).await;
    // A client of the clock has to notice it before the clock goes on.
    clock.changed();
}
