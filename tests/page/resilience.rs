//! The page under resets, restarts, lost connections, bursts, hostile data and small screens.

use super::*;

impl Scene {
    /// Asserts that the browser logged no errors except failed polls, which these tests cause.
    async fn expect_network_errors_only(&self) {
        let errors = self.browser.errors().await;
        let is_failed_poll =
            |error: &String| error.contains("/live") && error.contains("net::ERR_");
        assert!(errors.iter().all(is_failed_poll), "{errors:#?}");
    }
}

#[tokio::test]
async fn reset_empties_the_page() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene.start_with("signed_up").await;
    scene.open_first_row().await;
    scene.server.reset();
    browser.until(&names(&[])).await;
    browser.until(&count("users", "0")).await;
    browser
        .until("document.getElementById('nothing').innerText.includes('No requests received yet')")
        .await;
    scene.add("joe").await;
    scene.send("left", "joe").await;
    browser.until(&names(&["left"])).await;
    // The new first event is not open, although the old first event was.
    browser
        .until("!document.querySelector('#rows details').open")
        .await;
    scene.finish().await;
}

#[tokio::test]
async fn page_reconnects_to_a_restarted_server() {
    let mut scene = Scene::open().await;
    scene.start_with("signed_up").await;
    let port = scene
        .server
        .url()
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let key = scene.server.key().to_owned();

    drop(scene.server);
    let away = "document.getElementById('connection').innerText === 'not connected' && document.getElementById('away').checkVisibility()";
    scene.browser.until(away).await;
    scene.browser.until(&names(&["signed_up"])).await;

    scene.server = Server::builder()
        .page()
        .port(port)
        .key(key)
        .start()
        .unwrap();
    scene.browser.until(LIVE).await;
    scene
        .browser
        .until("document.getElementById('away').hidden")
        .await;
    // The new server does not have the old server's data.
    scene.browser.until(&names(&[])).await;
    scene.client = scene.server.client();
    scene.add("joe").await;
    scene.send("left", "joe").await;
    scene.browser.until(&names(&["left"])).await;
    scene.expect_network_errors_only().await;
    scene.finish().await;
}

#[tokio::test]
async fn page_resumes_after_a_lost_connection() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene.start_with("first").await;
    scene.open_first_row().await;
    browser.disconnect().await;
    // The poll in flight may still return this event; the next poll fails.
    scene.send("second", "jane").await;
    browser
        .until("document.getElementById('connection').dataset.state === 'lost'")
        .await;
    scene.send("third", "jane").await;
    browser.reconnect().await;
    browser.until(LIVE).await;
    browser.until(&names(&["third", "second", "first"])).await;
    browser
        .until("document.querySelector('#rows li:last-child details').open")
        .await;
    scene.expect_network_errors_only().await;
    scene.finish().await;
}

#[tokio::test]
async fn held_rows_stay_in_place() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene.start_with("first").await;
    browser.click("#hold").await;
    scene.send("second", "jane").await;
    scene.send("third", "unknown").await;
    browser.until(&count("events", "3")).await;
    browser
        .until("document.getElementById('hold').innerText === 'Hold · 2 new'")
        .await;
    browser.until(&names(&["first"])).await;
    browser.click("#hold").await;
    browser.until(&names(&["third", "second", "first"])).await;
    scene.finish().await;
}

#[tokio::test]
async fn thousands_of_events_are_shown_correctly() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene.start_with("the_first").await;
    browser.click("#rows summary").await;
    for batch in 0..60 {
        let events: Vec<_> = (0..100)
            .map(|at| {
                Event::new(format!("event_{}", batch * 100 + at))
                    .to("jane")
                    .data(json!({"n": at}))
            })
            .collect();
        scene.client.send_all(&events).await.unwrap();
    }
    browser.until(&count("events", "6,001")).await;
    let newest = "document.querySelector('#rows .name').textContent === 'event_5999'";
    browser.until(newest).await;
    let rest = browser.text("#rest").await;
    assert!(rest.contains("Showing the latest 500 of 5,000"), "{rest}");
    assert!(rest.contains("the latest 5,000 of 6,001 events"), "{rest}");
    assert_eq!(
        browser
            .run("return document.querySelectorAll('#rows li').length", &[])
            .await,
        500
    );
    // The search also finds rows beyond those that are shown.
    scene.search_for("event_1234").await;
    browser.until(&names(&["event_1234"])).await;
    scene.finish().await;
}

#[tokio::test]
async fn markup_in_data_is_shown_as_text() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    let hostile =
        "<img src=x onerror=window.untouched=false><script>window.untouched=false</script>";
    let id = format!("{hostile}&amp;");
    let request = UpsertUserRequest::new(&id).data(json!({hostile: hostile}));
    scene.client.upsert_user(&request).await.unwrap();
    let body = json!([{"name": hostile, "identifier": [{"external_id": id}], "data": {hostile: [hostile]}}]);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/api/client/users/events", scene.server.url());
    let request = http.post(&url).bearer_auth(scene.server.key());
    let request = request.header("content-type", "application/json");
    let response = request.body(body.to_string()).send().await.unwrap();
    assert_eq!(response.status(), 202);
    assert!(scene.client.delete_user(hostile).await.is_err());

    for section in ["events", "users", "refused"] {
        scene.choose(section).await;
        browser
            .until("document.querySelector('#rows summary')")
            .await;
        scene.open_first_row().await;
        let text = browser.text("#rows pre").await;
        assert!(text.contains(hostile), "{section}: {text}");
        let parsed = "return document.querySelectorAll('#rows img, #rows script').length";
        assert_eq!(browser.run(parsed, &[]).await, 0, "{section}");
    }
    scene.choose("events").await;
    assert_eq!(browser.text("#rows .name").await, hostile);
    assert_eq!(browser.text("#rows .about").await, id);
    // Search terms are neither patterns nor markup.
    scene.search_for("<img src=x .*").await;
    browser.until(&names(&[])).await;
    let nothing = browser.text("#nothing").await;
    assert!(nothing.contains("“<img src=x .*”"), "{nothing}");
    scene.finish().await;
}

#[tokio::test]
async fn phone_shows_everything_without_horizontal_scrolling() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    let fits = "document.documentElement.scrollWidth <= innerWidth && innerWidth <= 360";
    browser.resize(360, 740).await;
    browser.until(fits).await;
    let long = "very_long".repeat(27);
    scene.add(&long).await;
    let event = Event::new(long.clone())
        .to(&long)
        .data(json!({&long: long}));
    scene.client.send_all(&[event]).await.unwrap();
    scene.send(&long, "unknown").await;
    assert!(scene.client.delete_user("unknown").await.is_err());
    for section in ["events", "lost", "refused", "users"] {
        scene.choose(section).await;
        browser
            .until("document.querySelector('#rows summary')")
            .await;
        scene.open_first_row().await;
        browser.until(fits).await;
        // Names have enough width to be read.
        browser
            .until("document.querySelector('#rows .name').clientWidth >= 180")
            .await;
        for part in [
            "#rows .name",
            "#rows time",
            "#rows .tag",
            "#search",
            "#hold",
            "#connection",
        ] {
            let inside = format!(
                "(() => {{ const box = document.querySelector('{part}').getBoundingClientRect(); return box.width > 0 && box.left >= 0 && box.right <= 360; }})()"
            );
            browser.until(&inside).await;
        }
    }
    scene.finish().await;
}

#[tokio::test]
async fn every_text_has_enough_contrast() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene
        .browser
        .until("document.querySelector('#nothing pre')")
        .await;
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        assert_eq!(
            browser.run(LOW_CONTRAST, &[]).await,
            json!([]),
            "{scheme}, empty"
        );
    }
    scene.add("jane").await;
    scene.send("signed_up", "jane").await;
    let event = Event::new("left")
        .to("unknown")
        .data(json!({"a": [1.5, null, true, "text"]}));
    scene.client.send_all(&[event]).await.unwrap();
    assert!(scene.client.delete_user("unknown").await.is_err());
    for section in ["events", "refused"] {
        scene.choose(section).await;
        browser
            .until("document.querySelector('#rows summary')")
            .await;
        scene.open_first_row().await;
        // A new row fades in first.
        browser.until("document.getAnimations().length === 0").await;
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            assert_eq!(
                browser.run(LOW_CONTRAST, &[]).await,
                json!([]),
                "{scheme}, {section}"
            );
        }
    }
    scene.finish().await;
}

/// Finds texts with a contrast below 4.5:1, the minimum of the Web Content Accessibility Guidelines
/// (level AA).
const LOW_CONTRAST: &str = r"
    const parse = (color) => color.match(/[\d.]+/g).map(Number);
    const light = (color) => {
        const [red, green, blue] = parse(color).map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const background = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const color = getComputedStyle(at).backgroundColor;
            if (parse(color)[3] !== 0) return color;
        }
        return 'rgb(255, 255, 255)';
    };
    const lowContrast = [];
    for (const element of document.querySelectorAll('body *')) {
        const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!hasText || !element.checkVisibility() || element.closest('template, noscript')) continue;
        const [one, other] = [light(getComputedStyle(element).color), light(background(element))].sort((a, b) => b - a);
        const contrast = (one + 0.05) / (other + 0.05);
        if (contrast < 4.5) lowContrast.push(`${element.tagName}.${element.className} ${contrast.toFixed(2)} ${element.textContent.slice(0, 40)}`);
    }
    return lowContrast;
";
