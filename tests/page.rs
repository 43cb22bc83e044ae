//! The page of the embedded server, as somebody sees it who keeps it open in Chromium.

#![allow(clippy::unwrap_used, reason = "in a test, what cannot go on fails")]

#[path = "page/browser.rs"]
mod browser;
#[path = "page/reading.rs"]
mod reading;
#[path = "page/staying.rs"]
mod staying;

use browser::Browser;
use lunogram::testing::Server;
use lunogram::{Client, Event, UpsertUserRequest};
use serde_json::json;

/// A server, a client of it, and a browser that has its page open.
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
        // Gone after a reload, which nothing here may need.
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
        self.client.post_user_events(&[event]).await.unwrap();
    }

    /// Jane is there, and so is this event of hers, in the page as well.
    async fn begins_with(&self, event: &str) {
        self.add("jane").await;
        self.send(event, "jane").await;
        self.browser.until(&names(&[event])).await;
    }

    async fn opens_the_first_row(&self) {
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

    /// Types into an empty search, wherever the focus was.
    async fn look_for(&self, words: &str) {
        self.browser.press("/").await;
        self.browser
            .until("document.activeElement.id === 'search'")
            .await;
        self.browser.press(words).await;
    }

    /// The page was never loaded again, and the browser found nothing to complain of.
    async fn ends_well(self) {
        let untouched = self.browser.run("return window.untouched", &[]).await;
        assert_eq!(untouched, true, "the page was loaded again");
        let complaints = self.browser.complaints().await;
        assert!(complaints.is_empty(), "{complaints:#?}");
    }
}

const LIVE: &str = "document.getElementById('connection').dataset.state === 'live'";

/// An expression: the names of the rows, from top to bottom, are these.
fn names(expected: &[&str]) -> String {
    format!(
        "JSON.stringify([...document.querySelectorAll('#rows .name')].map((name) => name.textContent)) === JSON.stringify({expected:?})"
    )
}

/// An expression: the number beside the section's name is this.
fn count(section: &str, expected: &str) -> String {
    format!(
        "document.querySelector('#sections a[data-id={section}] .count').textContent === '{expected}'"
    )
}
