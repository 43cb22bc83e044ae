//! A headless Chromium, driven over the JSON of `WebDriver` by Debian's chromedriver.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// What Chromium needs to start as root, without a display, and to talk to nobody but this machine.
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

/// How long a condition may take to hold. It is waited for, so that a slow machine costs time and not the test.
const PATIENCE: Duration = Duration::from_secs(60);

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
        // A browser outlives a driver that is killed: it has to be told.
        let address = self.driver.address.as_str();
        let end = || {
            let mut stream = TcpStream::connect(address)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            let session = &self.session;
            write!(
                stream,
                "DELETE /{session} HTTP/1.1\r\nhost: {address}\r\n\r\n"
            )?;
            // The answer comes when the browser has ended; the driver keeps the connection.
            stream.read(&mut [0; 1024])
        };
        if let Err(error) = end() {
            eprintln!("the browser may not have ended: {error}");
        }
    }
}

/// The process that drives; it ends with its owner.
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
        let output = process.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(output).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            })
            .expect("chromedriver tells its port");
        // Whoever writes into a closed pipe is ended by it.
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
    /// Starts it.
    ///
    /// # Panics
    /// When there is no chromedriver or no Chromium: whoever asks for these tests wants them to run.
    pub(crate) async fn start() -> Self {
        // All that is spoken is HTTP on this machine, but an HTTP client wants to have its TLS.
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
        let timeouts = json!({"script": PATIENCE.as_millis()});
        browser.command("timeouts", timeouts).await;
        browser
    }

    /// Opens an address.
    pub(crate) async fn open(&self, url: &str) {
        self.command("url", json!({"url": url})).await;
    }

    /// What the body of a function comes to, in the page; `arguments` are its arguments.
    pub(crate) async fn run(&self, body: &str, arguments: &[Value]) -> Value {
        let script = json!({"script": body, "args": arguments});
        self.command("execute/sync", script).await
    }

    /// Waits until an expression is true in the page.
    ///
    /// # Panics
    /// When it does not come true, with what the page shows.
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
            PATIENCE.as_millis() / 2
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

    /// The text of the first element of this selector, as a person sees it.
    pub(crate) async fn text(&self, selector: &str) -> String {
        let body = "return document.querySelector(arguments[0]).innerText";
        let text = self.run(body, &[selector.into()]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks on the first element of this selector, where it is.
    pub(crate) async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        self.command(&format!("element/{element}/click"), json!({}))
            .await;
    }

    /// Types into whatever has the focus.
    pub(crate) async fn press(&self, keys: &str) {
        let presses: Vec<_> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})))
            .collect();
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": presses});
        self.command("actions", json!({"actions": [keyboard]}))
            .await;
    }

    /// Makes the window look that large, as on a phone where it is narrow.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
        let command = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": size});
        self.command("goog/cdp/execute", command).await;
    }

    /// Takes the network away.
    pub(crate) async fn disconnect(&self) {
        self.network(true).await;
    }

    /// Gives it back.
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

    /// Lets the system prefer `light` or `dark`.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let command =
            json!({"cmd": "Emulation.setEmulatedMedia", "params": {"features": features}});
        self.command("goog/cdp/execute", command).await;
    }

    /// What the browser complains of since the last time: errors of scripts, and whatever the policy of the page forbids.
    pub(crate) async fn complaints(&self) -> Vec<String> {
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
        let answer = request.send().await.expect("chromedriver answers");
        let status = answer.status();
        let text = answer.text().await.expect("chromedriver answers in text");
        assert!(status.is_success(), "{path} {body}: {text}");
        let mut answer: Value = serde_json::from_str(&text).expect("chromedriver answers in JSON");
        answer["value"].take()
    }
}
