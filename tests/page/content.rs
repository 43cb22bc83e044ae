//! The content of the page, and the search.

use super::*;
use lunogram::{Membership, Schedule, UpsertOrganizationRequest};
use std::process::Command;

#[derive(Schedule)]
#[lunogram(name = "weekly_digest", interval = "168h")]
struct WeeklyDigest {
    #[lunogram(external_id)]
    user: &'static str,
}

#[tokio::test]
async fn events_appear_live_and_open_to_their_json() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene.start_with("signed_up").await;
    browser.until(&count("events", "1")).await;
    browser.until(&count("users", "1")).await;
    let row = browser.text("#rows summary").await;
    for part in ["user", "signed_up", "jane", r#"{"of": "jane"}"#] {
        assert!(row.contains(part), "{part}: {row}");
    }

    scene.open_first_row().await;
    assert_eq!(browser.text("#rows pre").await, "{\n  \"of\": \"jane\"\n}");
    scene.send("left", "jane").await;
    browser.until(&names(&["left", "signed_up"])).await;
    let open = "[...document.querySelectorAll('#rows details')].map((row) => row.open).join() === 'false,true'";
    browser.until(open).await;
    browser
        .until("document.querySelector('#rows pre').checkVisibility()")
        .await;
    scene.finish().await;
}

#[tokio::test]
async fn empty_page_shows_instructions_that_work() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    let welcome = browser.text("#nothing").await;
    let environment = format!("export LUNOGRAM_API_URL={} ", scene.server.url());
    assert!(welcome.contains(&environment), "{welcome}");
    let lines = browser.text("#nothing [data-text=curl] pre").await;
    // The page needs no key, so it must not show the server's.
    assert!(!welcome.contains(scene.server.key()), "{welcome}");
    let lines = lines.replace("sk_of_this_server", scene.server.key());
    let shell = Command::new("sh").args(["-ec", &lines]).output().unwrap();
    assert!(shell.status.success(), "{lines}: {shell:?}");
    browser.until(&names(&["signed_up"])).await;
    browser
        .until("document.getElementById('nothing').hidden")
        .await;
    scene.finish().await;
}

#[tokio::test]
async fn lost_items_are_marked_with_their_reason() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene.add("jane").await;
    scene.send("signed_up", "jane").await;
    scene.send("signed_up", "unknown").await;
    browser.until(&count("lost", "1")).await;
    browser.until("document.title.startsWith('1 lost')").await;
    let reason = "no user has any of these identifiers; upsert the user first";
    let marked = "#rows [data-kind=lost]";
    assert!(browser.text(marked).await.contains(reason));
    assert_eq!(browser.text(&format!("{marked} .about")).await, "unknown");
    // The word `lost` comes from the style sheet, so it is not in the element's text.
    let tag = "getComputedStyle(document.querySelector('#rows [data-kind=lost] .tag'), '::before').content.includes('lost')";
    browser.until(tag).await;

    let client = &scene.client;
    client
        .schedule(&WeeklyDigest { user: "unknown" })
        .await
        .unwrap();
    scene.choose("lost").await;
    browser.until(&names(&["weekly_digest", "signed_up"])).await;
    scene.choose("events").await;
    browser.until(&names(&["signed_up", "signed_up"])).await;
    scene.finish().await;
}

#[tokio::test]
async fn match_shows_the_subjects_that_it_reached() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    for user in ["jane", "joe"] {
        scene.add(user).await;
    }
    let event = Event::new("exports_announced")
        .matching(json!({"plan": "pro"}))
        .data(json!({"feature": "exports"}));
    scene.client.send_all(&[event]).await.unwrap();
    browser.until(&names(&["exports_announced"])).await;
    let about = browser.text("#rows .about").await;
    assert_eq!(about, r#"reached 2 by {"plan":"pro"}"#);
    browser.click("#rows summary").await;
    browser
        .until("document.querySelectorAll('#rows pre').length === 2")
        .await;
    let body = browser.text("#rows .body").await;
    for part in ["jane, joe", r#""plan": "pro""#, r#""feature": "exports""#] {
        assert!(body.contains(part), "{part}: {body}");
    }
    scene.finish().await;
}

#[tokio::test]
async fn refused_requests_show_reason_and_body() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene.choose("refused").await;
    let request = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/api/client/users?dry=run", scene.server.url());
    let body = r#"{"identifier": [{"external_id": "jane"}], "email": "not an address"}"#;
    let request = request.post(url).bearer_auth(scene.server.key());
    let request = request
        .header("content-type", "application/json")
        .body(body);
    assert_eq!(request.send().await.unwrap().status(), 400);
    assert!(scene.client.delete_user("unknown").await.is_err());
    let paths = ["DELETE /api/client/users", "POST /api/client/users"];
    browser.until(&names(&paths)).await;
    let deleted = browser.text("#rows li").await;
    assert!(
        deleted.contains("404") && deleted.contains("user not found"),
        "{deleted}"
    );
    let bad = browser.text("#rows li:last-child").await;
    let reason = "\"/email\" must be an e-mail address";
    assert!(bad.contains("400") && bad.contains(reason), "{bad}");

    browser.click("#rows li:last-child summary").await;
    browser
        .until("document.querySelector('#rows li:last-child pre')")
        .await;
    let body = browser.text("#rows li:last-child .body").await;
    assert!(
        body.contains("not an address") && body.contains("dry=run"),
        "{body}"
    );
    assert!(!body.contains(scene.server.key()));
    scene.finish().await;
}

#[tokio::test]
async fn users_organizations_and_schedules_show_current_state() {
    let scene = Scene::open().await;
    let (browser, client) = (&scene.browser, &scene.client);
    scene.add("jane").await;
    scene.add("joe").await;
    let acme = UpsertOrganizationRequest::new("acme").name("Acme B.V.");
    client.upsert_organization(&acme).await.unwrap();
    let membership = Membership::of_user("jane")
        .in_organization("acme")
        .data(json!({"role": "admin"}));
    client.add_organization_user(&membership).await.unwrap();
    client
        .schedule(&WeeklyDigest { user: "jane" })
        .await
        .unwrap();

    scene.choose("users").await;
    browser.until(&names(&["joe", "jane"])).await;
    browser.click("#rows li:last-child summary").await;
    let jane = UpsertUserRequest::new("jane")
        .email("jane@example.com")
        .data(json!({"seats": 3}));
    client.upsert_user(&jane).await.unwrap();
    browser.until(&names(&["jane", "joe"])).await;
    // The row moved to the top, is still open and focused, and shows the new data.
    let focused = "document.activeElement.closest('li') === document.querySelector('#rows li')";
    browser.until(focused).await;
    let shown = "document.querySelector('#rows li pre').innerText.includes('\"seats\": 3')";
    browser.until(shown).await;
    let user = browser.text("#rows li").await;
    assert!(
        user.contains("jane@example.com") && user.contains("v1"),
        "{user}"
    );

    scene.choose("organizations").await;
    browser.until(&names(&["acme"])).await;
    browser.click("#rows summary").await;
    browser
        .until("document.querySelectorAll('#rows pre').length === 2")
        .await;
    let acme = browser.text("#rows li").await;
    for part in ["Acme B.V.", "members", "jane", r#""role": "admin""#] {
        assert!(acme.contains(part), "{part}: {acme}");
    }

    scene.choose("schedules").await;
    browser.until(&names(&["weekly_digest"])).await;
    let digest = browser.text("#rows summary").await;
    assert!(digest.contains("jane · every 168h"), "{digest}");

    client.delete_user("jane").await.unwrap();
    browser.until(&names(&[])).await;
    browser.until(&count("users", "1")).await;
    scene.finish().await;
}

#[tokio::test]
async fn search_covers_all_sections_and_new_rows() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    for user in ["jane", "joe"] {
        scene.add(user).await;
        scene.send("signed_up", user).await;
        scene.send("left", user).await;
    }
    browser.until(&count("events", "4")).await;

    scene.search_for("JANE sign").await;
    browser.until(&names(&["signed_up"])).await;
    assert_eq!(browser.text("#found").await, "1 of 4 events match");
    browser.until(&count("users", "0")).await;
    browser
        .until("document.querySelector('#rows .name mark').textContent === 'sign'")
        .await;
    scene.send("signed_off", "jane").await;
    scene.send("signed_off", "joe").await;
    browser.until(&names(&["signed_off", "signed_up"])).await;

    // The first Escape clears the search, the second leaves it.
    browser.press(ESCAPE).await;
    browser.until(&count("events", "6")).await;
    browser.press(ESCAPE).await;
    // A key and a value of the JSON.
    scene.search_for("plan\" pro").await;
    browser.until(&names(&[])).await;
    browser.until(&count("users", "2")).await;
    let nothing = browser.text("#nothing").await;
    assert!(nothing.contains("No events match"), "{nothing}");
    browser.click("#nothing a").await;
    browser.until(&names(&["joe", "jane"])).await;
    browser.press(ESCAPE).await;
    browser
        .until("document.getElementById('search').value === ''")
        .await;
    scene.finish().await;
}

#[tokio::test]
async fn page_is_usable_by_keyboard() {
    let scene = Scene::open().await;
    let browser = &scene.browser;
    scene.add("jane").await;
    scene.send("first", "jane").await;
    scene.send("second", "jane").await;
    browser.until(&names(&["second", "first"])).await;
    browser.press("/").await;
    browser.press(DOWN).await;
    browser.press(DOWN).await;
    browser.press(ENTER).await;
    browser
        .until("document.querySelector('#rows li:last-child details').open")
        .await;
    browser.press(UP).await;
    browser
        .until("document.activeElement.closest('li') === document.querySelector('#rows li')")
        .await;
    scene.finish().await;
}

/// The keys in the `WebDriver` protocol.
const ENTER: &str = "\u{E007}";
const ESCAPE: &str = "\u{E00C}";
const UP: &str = "\u{E013}";
const DOWN: &str = "\u{E015}";
