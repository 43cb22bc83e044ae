//! TLS: which library is used, and which certificates it trusts.

use super::base::Base;
use crate::error::Error;
use reqwest::ClientBuilder;

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
pub(super) fn encrypt(builder: ClientBuilder, base: &Base) -> Result<ClientBuilder, Error> {
    if base.is_encrypted() {
        return Err(Error::config(
            "this build of `lunogram` has no TLS; enable its feature `rustls` or `native-tls`, or pass your own client to `http_client` (feature `reqwest-0_13`)",
        ));
    }
    Ok(builder)
}

#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the other backends can fail, and share this signature"
)]
pub(super) fn encrypt(builder: ClientBuilder, _: &Base) -> Result<ClientBuilder, Error> {
    Ok(builder.tls_backend_native())
}

/// The provider is part of this configuration. Installing one for the whole process is up to the
/// application.
#[cfg(feature = "rustls")]
pub(super) fn encrypt(builder: ClientBuilder, base: &Base) -> Result<ClientBuilder, Error> {
    use rustls::crypto::ring;
    use rustls::{ClientConfig, RootCertStore};
    use rustls_platform_verifier::BuilderVerifierExt;
    use std::sync::Arc;

    let failed =
        |error: rustls::Error| Error::config("TLS cannot be set up on this machine").because(error);
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let tls = if base.is_encrypted() {
        tls.with_platform_verifier().map_err(failed)?
    } else {
        // Not used with plain http. This avoids reading the system's certificates, which may not
        // exist.
        tls.with_root_certificates(RootCertStore::empty())
    };
    let mut tls = tls.with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(builder.tls_backend_preconfigured(tls))
}
