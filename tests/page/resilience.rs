//! The page stays right and readable, whatever becomes of the server and whatever is sent.

use super::*;

impl Scene {
    /// Requests that reached nobody are what was wanted, and nothing else is.
    async fn forgives_the_network(&self) {
        let complaints = self.browser.complaints().await;
        let is_wanted =
            |complaint: &String| complaint.contains("/live") && complaint.contains("net::ERR_");
        assert!(complaints.iter().all(is_wanted), "{complaints:#?}");
    }
}

#[tokio::test]
async fn a_reset_empties_it() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene.begins_with("signed_up").await;
    scene.opens_the_first_row().await;
    scene.server.reset();
    browser.until(&names(&[])).await;
    browser.until(&count("users", "0")).await;
    browser
        .until("document.getElementById('nothing').innerText.includes('Nothing has arrived')")
        .await;
    scene.add("joe").await;
    scene.send("left", "joe").await;
    browser.until(&names(&["left"])).await;
    // It came first, like the one that was open, and is another one.
    browser
        .until("!document.querySelector('#rows details').open")
        .await;
    scene.ends_well().await;
}

#[tokio::test]
async fn a_server_that_goes_and_comes_back_is_followed() {
    let mut scene = Scene::open().await;
    scene.begins_with("signed_up").await;
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
    // The other server knows nothing of what the first one had.
    scene.browser.until(&names(&[])).await;
    scene.client = scene.server.client();
    scene.add("joe").await;
    scene.send("left", "joe").await;
    scene.browser.until(&names(&["left"])).await;
    scene.forgives_the_network().await;
    scene.ends_well().await;
}

#[tokio::test]
async fn a_lost_connection_is_taken_up_where_it_was() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene.begins_with("first").await;
    scene.opens_the_first_row().await;
    browser.disconnect().await;
    // The request that is on its way may still bring this one; the next one has no way.
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
    scene.forgives_the_network().await;
    scene.ends_well().await;
}

#[tokio::test]
async fn held_rows_stay_where_they_are() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene.begins_with("first").await;
    browser.click("#hold").await;
    scene.send("second", "jane").await;
    scene.send("third", "nobody").await;
    browser.until(&count("events", "3")).await;
    browser
        .until("document.getElementById('hold').innerText === 'Hold · 2 new'")
        .await;
    browser.until(&names(&["first"])).await;
    browser.click("#hold").await;
    browser.until(&names(&["third", "second", "first"])).await;
    scene.ends_well().await;
}

#[tokio::test]
async fn thousands_at_once_leave_it_quick_and_right() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene.begins_with("the_first").await;
    browser.click("#rows summary").await;
    for batch in 0..60 {
        let events: Vec<_> = (0..100)
            .map(|at| {
                Event::new(format!("event_{}", batch * 100 + at))
                    .to("jane")
                    .data(json!({"n": at}))
            })
            .collect();
        scene.client.post_user_events(&events).await.unwrap();
    }
    browser.until(&count("events", "6,001")).await;
    let newest = "document.querySelector('#rows .name').textContent === 'event_5999'";
    browser.until(newest).await;
    let rest = browser.text("#rest").await;
    assert!(rest.contains("The latest 500 of 5,000 are shown"), "{rest}");
    assert!(
        rest.contains("Of 6,001 events, the page has the latest 5,000"),
        "{rest}"
    );
    assert_eq!(
        browser
            .run("return document.querySelectorAll('#rows li').length", &[])
            .await,
        500
    );
    // Far below the rows that are shown, and found all the same.
    scene.look_for("event_1234").await;
    browser.until(&names(&["event_1234"])).await;
    scene.ends_well().await;
}

#[tokio::test]
async fn what_is_sent_is_text_whatever_it_looks_like() {
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
    let answer = request.body(body.to_string()).send().await.unwrap();
    assert_eq!(answer.status(), 202);
    let refused = http.post(format!("{url}/{hostile}")).body(body.to_string());
    assert_eq!(refused.send().await.unwrap().status(), 404);

    for section in ["events", "users", "refused"] {
        scene.choose(section).await;
        browser
            .until("document.querySelector('#rows summary')")
            .await;
        scene.opens_the_first_row().await;
        let text = browser.text("#rows pre").await;
        assert!(text.contains(hostile), "{section}: {text}");
        let parsed = "return document.querySelectorAll('#rows img, #rows script').length";
        assert_eq!(browser.run(parsed, &[]).await, 0, "{section}");
    }
    scene.choose("events").await;
    assert_eq!(browser.text("#rows .name").await, hostile);
    assert_eq!(browser.text("#rows .about").await, id);
    // Words of a search are no pattern, and no markup either.
    scene.look_for("<img src=x .*").await;
    browser.until(&names(&[])).await;
    let nothing = browser.text("#nothing").await;
    assert!(nothing.contains("“<img src=x .*”"), "{nothing}");
    scene.ends_well().await;
}

#[tokio::test]
async fn a_phone_shows_all_of_it_without_scrolling_sideways() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    let fits = "document.documentElement.scrollWidth <= innerWidth && innerWidth <= 360";
    browser.resize(360, 740).await;
    browser.until(fits).await;
    let long = "very_long".repeat(40);
    scene.add(&long).await;
    let event = Event::new(long.clone())
        .to(&long)
        .data(json!({&long: long}));
    scene.client.post_user_events(&[event]).await.unwrap();
    scene.send(&long, "nobody").await;
    assert!(scene.client.delete_user("nobody").await.is_err());
    for section in ["events", "lost", "refused", "users"] {
        scene.choose(section).await;
        browser
            .until("document.querySelector('#rows summary')")
            .await;
        scene.opens_the_first_row().await;
        browser.until(fits).await;
        // There is room to read a name.
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
    scene.ends_well().await;
}

#[tokio::test]
async fn every_text_stands_out_from_its_ground() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene
        .browser
        .until("document.querySelector('#nothing pre')")
        .await;
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        assert_eq!(browser.run(FAINT, &[]).await, json!([]), "{scheme}, empty");
    }
    scene.add("jane").await;
    scene.send("signed_up", "jane").await;
    let event = Event::new("left")
        .to("nobody")
        .data(json!({"a": [1.5, null, true, "text"]}));
    scene.client.post_user_events(&[event]).await.unwrap();
    assert!(scene.client.delete_user("nobody").await.is_err());
    for section in ["events", "refused"] {
        scene.choose(section).await;
        browser
            .until("document.querySelector('#rows summary')")
            .await;
        scene.opens_the_first_row().await;
        // A row that has just arrived is still fading in.
        browser.until("document.getAnimations().length === 0").await;
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            assert_eq!(
                browser.run(FAINT, &[]).await,
                json!([]),
                "{scheme}, {section}"
            );
        }
    }
    scene.ends_well().await;
}

/// The texts with less contrast than 4.5 to 1, which is what the Web Content Accessibility Guidelines ask for.
const FAINT: &str = r"
    const parse = (color) => color.match(/[\d.]+/g).map(Number);
    const light = (color) => {
        const [red, green, blue] = parse(color).map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const color = getComputedStyle(at).backgroundColor;
            if (parse(color)[3] !== 0) return color;
        }
        return 'rgb(255, 255, 255)';
    };
    const faint = [];
    for (const element of document.querySelectorAll('body *')) {
        const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!hasText || !element.checkVisibility() || element.closest('template, noscript')) continue;
        const [one, other] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
        const contrast = (one + 0.05) / (other + 0.05);
        if (contrast < 4.5) faint.push(`${element.tagName}.${element.className} ${contrast.toFixed(2)} ${element.textContent.slice(0, 40)}`);
    }
    return faint;
";
