//! The narrow interface that a library tracks through.

use super::Client;
use crate::error::Error;
use lunogram_core::{AnyEvent, AnyTraits};
use std::sync::Arc;

/// Takes events and traits without waiting: what a library needs of a client, as `Arc<dyn Sink>`.
///
/// [`Client`] and [`blocking::Client`](crate::blocking::Client) queue what they are given;
/// [`Client::disabled`] only checks it, and
/// [`testing::Recorder`](crate::testing::Recorder) keeps it for a unit test. An application that
/// sends elsewhere implements the trait itself. A reference to a sink, a `Box` and an `Arc` of one
/// are sinks, too.
///
/// ```
/// use lunogram::{LunogramEvent, Sink};
/// use std::sync::Arc;
///
/// #[derive(LunogramEvent)]
/// struct InvoicePaid<'a> {
///     #[lunogram(external_id)]
///     user: &'a str,
///     cents: u32,
/// }
///
/// /// A library that does not know which client the application has.
/// struct Billing {
///     sink: Arc<dyn Sink>,
/// }
///
/// impl Billing {
///     fn paid(&self, user: &str, cents: u32) -> Result<(), lunogram::Error> {
///         self.sink.track(&InvoicePaid { user, cents })
///     }
/// }
///
/// let recorder = Arc::new(lunogram::testing::Recorder::new());
/// let billing = Billing { sink: recorder.clone() };
/// billing.paid("user_123", 1450)?;
/// assert_eq!(recorder.events::<InvoicePaid>()[0].data["cents"], 1450);
/// # Ok::<(), lunogram::Error>(())
/// ```
pub trait Sink: Send + Sync {
    /// Takes an event, like [`Client::track`].
    ///
    /// ```
    /// use lunogram::{Error, Event, Sink};
    ///
    /// fn opened(sink: &dyn Sink, user: &str) -> Result<(), Error> {
    ///     sink.track(&Event::new("newsletter_opened").to(user))
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the event, or an error of the
    /// implementation; [`Client::track`] lists those of a client.
    fn track(&self, event: &dyn AnyEvent) -> Result<(), Error>;

    /// Takes the traits of a user or an organization, like [`Client::identify`].
    ///
    /// ```
    /// use lunogram::{Error, Sink, UpsertUserRequest};
    ///
    /// fn signed_up(sink: &dyn Sink, user: &str, email: &str) -> Result<(), Error> {
    ///     sink.identify(&UpsertUserRequest::new(user).email(email))
    /// }
    /// ```
    ///
    /// # Errors
    /// The errors of [`track`](Self::track).
    fn identify(&self, traits: &dyn AnyTraits) -> Result<(), Error>;
}

impl Sink for Client {
    fn track(&self, event: &dyn AnyEvent) -> Result<(), Error> {
        Self::track(self, event)
    }

    fn identify(&self, traits: &dyn AnyTraits) -> Result<(), Error> {
        Self::identify(self, traits)
    }
}

/// Implements [`Sink`] for a pointer to a sink, so that a function that takes `impl Sink` also
/// takes an `Arc<dyn Sink>`.
macro_rules! pointer {
    ($pointer:ty) => {
        impl<S: Sink + ?Sized> Sink for $pointer {
            fn track(&self, event: &dyn AnyEvent) -> Result<(), Error> {
                S::track(self, event)
            }

            fn identify(&self, traits: &dyn AnyTraits) -> Result<(), Error> {
                S::identify(self, traits)
            }
        }
    };
}

pointer!(&S);
pointer!(Box<S>);
pointer!(Arc<S>);
