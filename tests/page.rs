//! Tests of the embedded server's page in Chromium.

#![allow(clippy::unwrap_used, reason = "a failed `unwrap` fails the test")]

#[path = "page/browser.rs"]
mod browser;
#[path = "page/content.rs"]
mod content;
#[path = "page/resilience.rs"]
mod resilience;

use browser::Browser;
use lunogram::testing::Server;
use lunogram::{Client, Event, UpsertUserRequest};
use serde_json::json;

/// A server, a client, and a browser with the page open.
struct Scene {
    server: Server,
    client: Client,
    browser: Browser,
}

impl Scene {
    async fn open() -> Self {
        let server = Server::builder().page().start().unwrap();
        let browser = Browser::start().await;
        browser.open(server.url()).await;
        browser.until(LIVE).await;
        // A reload would remove this variable; `finish` checks that it is still set.
        browser.run("window.untouched = true", &[]).await;
        Self {
            client: server.client(),
            server,
            browser,
        }
    }

    async fn add(&self, user: &str) {
        let request = UpsertUserRequest::new(user).data(json!({"plan": "pro"}));
        self.client.upsert_user(&request).await.unwrap();
    }

    async fn send(&self, event: &str, user: &str) {
        let event = Event::new(event.to_owned())
            .to(user)
            .data(json!({"of": user}));
        self.client.send_all(&[event]).await.unwrap();
    }

    /// Adds the user Jane with one event, and waits until the page shows it.
    async fn start_with(&self, event: &str) {
        self.add("jane").await;
        self.send(event, "jane").await;
        self.browser.until(&names(&[event])).await;
    }

    async fn open_first_row(&self) {
        self.browser.click("#rows summary").await;
        self.browser
            .until("document.querySelector('#rows pre')")
            .await;
    }

    async fn choose(&self, section: &str) {
        let link = format!("#sections a[data-id={section}]");
        self.browser.click(&link).await;
        let chosen = format!("document.querySelector('{link}').ariaCurrent === 'page'");
        self.browser.until(&chosen).await;
    }

    /// Focuses the empty search by its shortcut and types into it.
    async fn search_for(&self, words: &str) {
        self.browser.press("/").await;
        self.browser
            .until("document.activeElement.id === 'search'")
            .await;
        self.browser.press(words).await;
    }

    /// Asserts that the page was never reloaded and that the browser logged no errors.
    async fn finish(self) {
        let untouched = self.browser.run("return window.untouched", &[]).await;
        assert_eq!(untouched, true, "the page was reloaded");
        let errors = self.browser.errors().await;
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

const LIVE: &str = "document.getElementById('connection').dataset.state === 'live'";

/// A JavaScript expression: the rows have these names, from top to bottom.
fn names(expected: &[&str]) -> String {
    format!(
        "JSON.stringify([...document.querySelectorAll('#rows .name')].map((name) => name.textContent)) === JSON.stringify({expected:?})"
    )
}

/// A JavaScript expression: the navigation shows this count for the section.
fn count(section: &str, expected: &str) -> String {
    format!(
        "document.querySelector('#sections a[data-id={section}] .count').textContent === '{expected}'"
    )
}
