//! A headless Chromium, driven through chromedriver by the `WebDriver` protocol.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Lets Chromium start as root and without a display, and turns its background traffic off.
const ARGUMENTS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// The longest wait for a condition. It is generous, so that a test does not fail on a slow
/// machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// One browser with one window.
#[derive(Debug)]
pub(crate) struct Browser {
    driver: Driver,
    http: reqwest::Client,
    session: String,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Killing the driver does not end the browser, so the session is closed first.
        let address = self.driver.address.as_str();
        let end = || {
            let mut stream = TcpStream::connect(address)?;
            stream.set_read_timeout(Some(TIMEOUT))?;
            let session = &self.session;
            write!(
                stream,
                "DELETE /{session} HTTP/1.1\r\nhost: {address}\r\n\r\n"
            )?;
            // The response comes after the browser has ended. The driver keeps the connection open.
            stream.read(&mut [0; 1024])
        };
        if let Err(error) = end() {
            eprintln!("the browser may still be running: {error}");
        }
    }
}

/// The chromedriver process, killed on drop.
#[derive(Debug)]
struct Driver {
    process: Child,
    address: String,
}

impl Driver {
    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("cannot start chromedriver: {error}; this test drives a real browser: install Debian's packages chromium and chromium-driver")
            });
        let output = process.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(output).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            })
            .expect("chromedriver prints its port");
        // Keeps reading: a closed pipe would end the process at its next write.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            address: format!("127.0.0.1:{port}"),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Browser {
    /// Starts chromedriver and a browser.
    ///
    /// # Panics
    /// When chromedriver or Chromium is not installed. The tests are opt-in, so they do not skip
    /// themselves.
    pub(crate) async fn start() -> Self {
        // The client only speaks plain HTTP to chromedriver, but needs a TLS provider to be built.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let driver = Driver::start();
        let profile = tempfile::tempdir().expect("a folder");
        let mut arguments = ARGUMENTS.map(ToOwned::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let mut browser = Self {
            driver,
            http: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client"),
            session: String::new(),
            _profile: profile,
        };
        let options = json!({
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let capabilities = json!({"capabilities": {"alwaysMatch": options}});
        let session = browser.call("session", capabilities).await;
        let id = session["sessionId"].as_str().expect("a session has an id");
        browser.session = format!("session/{id}");
        let timeouts = json!({"script": TIMEOUT.as_millis()});
        browser.command("timeouts", timeouts).await;
        browser
    }

    /// Opens an address.
    pub(crate) async fn open(&self, url: &str) {
        self.command("url", json!({"url": url})).await;
    }

    /// Runs the body of a function in the page and returns its result.
    pub(crate) async fn run(&self, body: &str, arguments: &[Value]) -> Value {
        let script = json!({"script": body, "args": arguments});
        self.command("execute/sync", script).await
    }

    /// Waits until an expression is true in the page.
    ///
    /// # Panics
    /// When it does not become true in time. The message has the text of the page.
    #[track_caller]
    pub(crate) fn until(&self, expression: &str) -> impl Future<Output = ()> {
        let at = std::panic::Location::caller();
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const holds = () => {{ try {{ return Boolean({expression}); }} catch {{ return false; }} }};
             const end = Date.now() + {};
             const look = () => {{
                 if (holds()) done(true);
                 else if (Date.now() > end) done(document.body.innerText.slice(0, 2000));
                 else setTimeout(look, 20);
             }};
             look();",
            TIMEOUT.as_millis() / 2
        );
        async move {
            let body = json!({"script": script, "args": []});
            let outcome = self.command("execute/async", body).await;
            assert!(
                outcome == true,
                "{at}: never true: {expression}\nthe page shows:\n{}",
                outcome.as_str().unwrap_or_default()
            );
        }
    }

    /// The rendered text of the first element of this selector.
    pub(crate) async fn text(&self, selector: &str) -> String {
        let body = "return document.querySelector(arguments[0]).innerText";
        let text = self.run(body, &[selector.into()]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks on the first element of this selector.
    pub(crate) async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        self.command(&format!("element/{element}/click"), json!({}))
            .await;
    }

    /// Types into the focused element.
    pub(crate) async fn press(&self, keys: &str) {
        let presses: Vec<_> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})))
            .collect();
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": presses});
        self.command("actions", json!({"actions": [keyboard]}))
            .await;
    }

    /// Emulates a window of this size; a narrow one is emulated as a phone.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
        let command = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": size});
        self.command("goog/cdp/execute", command).await;
    }

    /// Turns the network off.
    pub(crate) async fn disconnect(&self) {
        self.network(true).await;
    }

    /// Turns the network on again.
    pub(crate) async fn reconnect(&self) {
        self.network(false).await;
    }

    async fn network(&self, is_offline: bool) {
        let conditions = json!({
            "offline": is_offline, "latency": 0, "download_throughput": -1, "upload_throughput": -1,
        });
        let body = json!({"network_conditions": conditions});
        self.command("chromium/network_conditions", body).await;
    }

    /// Sets the preferred color scheme, `light` or `dark`.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let command =
            json!({"cmd": "Emulation.setEmulatedMedia", "params": {"features": features}});
        self.command("goog/cdp/execute", command).await;
    }

    /// The browser's log since the last call: script errors and violations of the content security
    /// policy.
    pub(crate) async fn errors(&self) -> Vec<String> {
        let log = self.command("se/log", json!({"type": "browser"})).await;
        let entries = log.as_array().cloned().unwrap_or_default();
        let messages = entries.iter().map(|entry| entry["message"].to_string());
        messages.collect()
    }

    async fn element(&self, selector: &str) -> String {
        let body = json!({"using": "css selector", "value": selector});
        let element = self.command("element", body).await;
        let id = element
            .as_object()
            .and_then(|element| element.values().next());
        id.and_then(Value::as_str)
            .expect("an element has an id")
            .to_owned()
    }

    async fn command(&self, name: &str, body: Value) -> Value {
        self.call(&format!("{}/{name}", self.session), body).await
    }

    async fn call(&self, path: &str, body: Value) -> Value {
        let url = format!("http://{}/{path}", self.driver.address);
        let request = self.http.post(url).body(body.to_string());
        let response = request.send().await.expect("chromedriver responds");
        let status = response.status();
        let text = response
            .text()
            .await
            .expect("chromedriver responds with text");
        assert!(status.is_success(), "{path} {body}: {text}");
        let mut response: Value =
            serde_json::from_str(&text).expect("chromedriver responds with JSON");
        response["value"].take()
    }
}
