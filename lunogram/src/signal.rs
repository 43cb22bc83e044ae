//! The end of the process, as its supervisor or its user asks for it (feature `signal`).

use crate::error::Error;
use tokio::runtime::Handle;

/// A future that completes when the process is asked to end: by Ctrl-C or `SIGTERM`, on Windows by
/// Ctrl-C, Ctrl-Break, closing the console, or shutting the machine down.
///
/// From this call on, the signals no longer end the process by themselves; the application does,
/// after it has shut down its client. Kubernetes, systemd and `docker stop` send `SIGTERM`, and
/// kill the process if it takes longer than they allow.
///
/// ```no_run
/// use lunogram::{Client, signal};
/// use std::time::Duration;
///
/// #[tokio::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let client = Client::from_env()?;
///     let terminated = signal::terminated()?;
///     // With axum: `axum::serve(listener, app).with_graceful_shutdown(terminated).await?`
///     terminated.await;
///     println!("{}", client.shutdown(Duration::from_secs(5)).await?);
///     Ok(())
/// }
/// ```
///
/// # Errors
/// [`Config`](crate::ErrorKind::Config) outside of a tokio runtime, or if the operating system does
/// not let the process handle a signal.
///
/// # Panics
/// In a tokio runtime without I/O, which is not the one of `#[tokio::main]`.
pub fn terminated() -> Result<impl Future<Output = ()> + Send + 'static, Error> {
    if Handle::try_current().is_err() {
        return Err(Error::config(
            "there is no tokio runtime on this thread, which could wait for a signal; call `terminated` in one, such as the runtime of `#[tokio::main]`",
        ));
    }
    signals().map_err(|why| {
        Error::config(
            "the operating system does not let this process handle the signals that ask it to end",
        )
        .because(why)
    })
}

#[cfg(unix)]
fn signals() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        crate::clock::either(terminate.recv(), interrupt.recv()).await;
    })
}

#[cfg(windows)]
fn signals() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use crate::clock::either;
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};

    let (mut interrupt, mut stop) = (ctrl_c()?, ctrl_break()?);
    let (mut close, mut shutdown) = (ctrl_close()?, ctrl_shutdown()?);
    Ok(async move {
        let by_keys = either(interrupt.recv(), stop.recv());
        either(by_keys, either(close.recv(), shutdown.recv())).await;
    })
}
