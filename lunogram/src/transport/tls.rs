//! TLS: which library is used, and which certificates it trusts.

use super::base::Base;
use crate::error::Error;
use reqwest::ClientBuilder;

/// The configuration of TLS, from which any number of HTTP clients can be built.
#[derive(Clone)]
pub(super) struct Tls {
    #[cfg(feature = "rustls")]
    config: rustls::ClientConfig,
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
impl Tls {
    pub(super) fn new(base: &Base) -> Result<Self, Error> {
        if base.is_encrypted() {
            return Err(Error::config(
                "this build of `lunogram` has no TLS; enable its feature `rustls` or `native-tls`, or pass your own client to `http_client` (feature `reqwest-0_13`)",
            ));
        }
        Ok(Self {})
    }

    #[expect(clippy::unused_self, reason = "the signature of the other backends")]
    pub(super) fn encrypt(&self, builder: ClientBuilder) -> ClientBuilder {
        builder
    }
}

#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
impl Tls {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the other backends can fail, and share this signature"
    )]
    pub(super) fn new(_: &Base) -> Result<Self, Error> {
        Ok(Self {})
    }

    #[expect(clippy::unused_self, reason = "the signature of the other backends")]
    pub(super) fn encrypt(&self, builder: ClientBuilder) -> ClientBuilder {
        builder.tls_backend_native()
    }
}

/// The provider is part of this configuration. Installing one for the whole process is up to the
/// application.
#[cfg(feature = "rustls")]
impl Tls {
    pub(super) fn new(base: &Base) -> Result<Self, Error> {
        use rustls::crypto::ring;
        use rustls::{ClientConfig, RootCertStore};
        use rustls_platform_verifier::BuilderVerifierExt;
        use std::sync::Arc;

        let failed = |error: rustls::Error| {
            Error::config("TLS cannot be set up on this machine").because(error)
        };
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(failed)?;
        let tls = if base.is_encrypted() {
            tls.with_platform_verifier().map_err(failed)?
        } else {
            // Not used with plain http. This avoids reading the system's certificates, which may
            // not exist.
            tls.with_root_certificates(RootCertStore::empty())
        };
        let mut config = tls.with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { config })
    }

    pub(super) fn encrypt(&self, builder: ClientBuilder) -> ClientBuilder {
        builder.tls_backend_preconfigured(self.config.clone())
    }
}
