//! Settings whose feature is not enabled: a call does not compile, and the message names the
//! feature.

use super::ClientBuilder;

/// The arguments of [`ClientBuilder::spool`] without the feature `spool`. No type implements it.
#[cfg(not(feature = "spool"))]
#[diagnostic::on_unimplemented(
    message = "`ClientBuilder::spool` needs the feature `spool` of `lunogram`",
    label = "this call needs the feature `spool`",
    note = "in `Cargo.toml`, write `lunogram = {{ version = \"…\", features = [\"spool\"] }}`"
)]
pub trait NeedsSpool {}

/// The arguments of [`ClientBuilder::http_client`] without the feature `reqwest-0_13`. No type
/// implements it.
#[cfg(not(feature = "reqwest-0_13"))]
#[diagnostic::on_unimplemented(
    message = "`ClientBuilder::http_client` needs the feature `reqwest-0_13` of `lunogram`",
    label = "this call needs the feature `reqwest-0_13`",
    note = "in `Cargo.toml`, write `lunogram = {{ version = \"…\", features = [\"reqwest-0_13\"] }}`"
)]
pub trait NeedsReqwest {}

#[doc(hidden)]
impl ClientBuilder {
    #[cfg(not(feature = "spool"))]
    pub fn spool(self, spool: impl NeedsSpool) -> Self {
        drop(spool);
        self
    }

    #[cfg(not(feature = "reqwest-0_13"))]
    pub fn http_client(self, client: impl NeedsReqwest) -> Self {
        drop(client);
        self
    }
}
