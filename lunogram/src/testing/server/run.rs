//! A server in the foreground of a program.

use super::{Server, ServerBuilder};
use crate::testing::api::Keys;
use std::convert::Infallible;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError, mpsc};

impl ServerBuilder {
    /// Starts the server and blocks the thread until the process ends. Writes the server's address
    /// and the environment variables for its clients to `out`, and then one line for each request.
    ///
    /// The command `lunogram server` (feature `cli`) is this function.
    ///
    /// ```no_run
    /// use lunogram::testing::Server;
    ///
    /// let Err(error) = Server::builder().port(4010).any_key().run(std::io::stdout());
    /// eprintln!("cannot run the server: {error}");
    /// ```
    ///
    /// # Errors
    /// When the server cannot start, or `out` cannot be written.
    pub fn run(mut self, mut out: impl Write + Send + 'static) -> io::Result<Infallible> {
        let (lines, received) = mpsc::channel::<String>();
        let lines = Mutex::new(lines);
        let on_request = self.observers.on_request.take();
        self = self.on_request(move |request| {
            if let Some(on_request) = &on_request {
                on_request(request);
            }
            // The receiver lives as long as the server does.
            let lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = lines.send(request.to_string());
        });
        let introduction = self.introduction();
        let server = self.start()?;
        writeln!(out, "listening on {}", server.url())?;
        introduction.write(&server, &mut out)?;
        loop {
            let line = received.recv().map_err(io::Error::other)?;
            writeln!(out, "{line}")?;
        }
    }

    fn introduction(&self) -> Introduction {
        Introduction {
            has_page: self.has_page(),
            accepts_any_key: self.access.keys == Keys::Any,
            is_key_random: self.is_key_random,
        }
    }
}

/// The settings that the first lines of the output depend on.
struct Introduction {
    has_page: bool,
    accepts_any_key: bool,
    is_key_random: bool,
}

impl Introduction {
    fn write(&self, server: &Server, out: &mut impl Write) -> io::Result<()> {
        if self.has_page {
            writeln!(out, "  page  {}/", server.url())?;
        }
        // A key that the caller set may be a secret.
        let key = match (self.accepts_any_key, self.is_key_random) {
            (true, _) => "sk_anything",
            (false, true) => server.key(),
            (false, false) => "<your key>",
        };
        writeln!(
            out,
            "  LUNOGRAM_API_URL={} LUNOGRAM_API_KEY={key} LUNOGRAM_PROJECT_ID={}",
            server.url(),
            server.project_id()
        )?;
        writeln!(out, "press Ctrl-C to stop")
    }
}
