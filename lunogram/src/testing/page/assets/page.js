// The page: the selected section, the search, and holding rows in place.

import { follow } from "/feed.js";
import { List, textBlock } from "/list.js";
import { SECTIONS, Search, Sections } from "/sections.js";

// The most rows in the document, not counting opened rows.
const MAX_SHOWN = 500;

const byId = (id) => document.getElementById(id);
const count = (number) => number.toLocaleString("en");

const live = new Sections();
// A copy of `live` that is shown while the page is held.
let held = null;
let arrived = 0;
let section = SECTIONS[0];
let search = new Search("");
let pattern = null;
let server = null;
let isDue = false;
// Whether added rows have just arrived; `false` when the user chose another section or search.
let isArrival = false;

const list = new List(byId("rows"), (id) => {
  const all = [...live.get("users").rows, ...live.get("organizations").rows];
  return all.find((row) => row.key.endsWith(id))?.name ?? id;
});

function draw() {
  isDue = false;
  const sections = held ?? live;
  const found = new Map(SECTIONS.map(({ id }) => [id, search.filter(sections.get(id).rows)]));
  const { total, rows } = sections.get(section.id);
  const matches = found.get(section.id);
  list.draw(matches.filter((row, index) => index < MAX_SHOWN || list.isOpen(row)), pattern, isArrival);
  isArrival = true;
  drawSections(found);
  byId("title").textContent = section.title;
  byId("lead").textContent = section.lead;
  setText(byId("found"), search.text && `${count(matches.length)} of ${count(rows.length)} ${section.many} match`);
  setText(byId("rest"), rest(total, rows.length, matches.length));
  drawNothing(sections, found);
  byId("hold").setAttribute("aria-pressed", held !== null);
  byId("hold").textContent = held && arrived ? `Hold · ${count(arrived)} new` : "Hold";
}

function redraw() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(draw);
}

// Redraws after an action of the user, without highlighting rows as new.
function redrawAll() {
  isArrival = false;
  redraw();
}

// Setting a live region makes screen readers read it again, so an unchanged text is not set.
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = !text;
}

function rest(total, received, matching) {
  const sentences = [];
  if (matching > MAX_SHOWN) sentences.push(`Showing the latest ${count(MAX_SHOWN)} of ${count(matching)}; search to narrow them down.`);
  if (total > received) sentences.push(`The page has, and searches, the latest ${count(received)} of ${count(total)} ${section.many}.`);
  return sentences.join(" ");
}

function drawSections(found) {
  for (const link of byId("sections").children) {
    const { id } = link.dataset;
    const { total } = live.get(id);
    const matching = found.get(id).length;
    if (id === section.id) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    link.classList.toggle("none", search.text ? matching === 0 : total === 0);
    link.lastElementChild.textContent = count(search.text ? matching : total);
  }
}

function drawNothing(sections, found) {
  const nothing = byId("nothing");
  const isWelcome = server !== null && sections.isEmpty() && !search.text;
  const isEmpty = found.get(section.id).length === 0 && server !== null;
  // The welcome texts are not replaced, so that a selection in them stays.
  if (!isWelcome || nothing.dataset.shows !== "welcome") nothing.replaceChildren();
  nothing.hidden = !isEmpty;
  if (!isEmpty) return;
  if (isWelcome) {
    if (nothing.dataset.shows !== "welcome" || !nothing.firstChild) nothing.append(welcome());
  } else {
    const text = document.createElement("p");
    text.textContent = search.text ? `No ${section.many} match “${search.text}”.` : `No ${section.many}.`;
    nothing.append(text);
    const others = SECTIONS.filter(({ id }) => search.text && found.get(id).length > 0);
    for (const { id, title } of others) {
      const link = document.createElement("a");
      link.href = `#${id}`;
      link.textContent = `${count(found.get(id).length)} in ${title}`;
      nothing.append(link);
    }
  }
  nothing.dataset.shows = isWelcome ? "welcome" : "text";
}

function welcome() {
  const content = byId("welcome").content.cloneNode(true);
  const url = location.origin;
  const key = server.anyKey ? "sk_anything" : "sk_of_this_server";
  const auth = `-H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json'`;
  const texts = {
    environment: `export LUNOGRAM_API_URL=${url} LUNOGRAM_API_KEY=${key}`,
    rust: [
      "let client = lunogram::Client::from_env()?;",
      'client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;',
      'let event = lunogram::Event::new("signed_up").to("user_123");',
      "client.send(&event).await?;",
    ].join("\n"),
    curl: [
      `curl ${url}/api/client/users \\`,
      `  ${auth} \\`,
      `  -d '{"identifier": [{"external_id": "user_123"}]}'`,
      `curl ${url}/api/client/users/events \\`,
      `  ${auth} \\`,
      `  -d '[{"name": "signed_up", "identifier": [{"external_id": "user_123"}], "data": {"plan": "pro"}}]'`,
    ].join("\n"),
  };
  const headings = { environment: "Shell", rust: "Rust", curl: "Shell" };
  for (const place of content.querySelectorAll("[data-text]")) {
    place.append(textBlock(headings[place.dataset.text], texts[place.dataset.text]));
  }
  return content;
}

// ---- Updates

function onUpdate(update) {
  server = { anyKey: update.any_key };
  byId("project").textContent = update.project_id;
  const added = live.apply(update);
  if (held) arrived += added;
  if (update.fresh) isArrival = false;
  const lost = live.get("lost").total;
  document.title = `${lost ? `${count(lost)} lost · ` : ""}Lunogram testing server`;
  redraw();
}

function onConnection(isConnected) {
  byId("connection").dataset.state = isConnected ? "live" : "lost";
  byId("connection").textContent = isConnected ? "live" : "not connected";
  byId("away").hidden = isConnected;
}

// ---- User actions

function choose() {
  const chosen = SECTIONS.find(({ id }) => `#${id}` === location.hash);
  if (!chosen || chosen === section) return;
  section = chosen;
  scrollTo(0, 0);
  redrawAll();
}

function setSearch(text) {
  byId("search").value = text;
  search = new Search(text);
  pattern = search.pattern();
  redrawAll();
}

for (const { id, title } of SECTIONS) {
  const link = byId("section").content.firstElementChild.cloneNode(true);
  link.href = `#${id}`;
  link.dataset.id = id;
  link.firstElementChild.textContent = title;
  byId("sections").append(link);
}

addEventListener("hashchange", choose);
byId("search").addEventListener("input", (event) => setSearch(event.target.value));
byId("hold").addEventListener("click", () => {
  held = held ? null : live.copy();
  arrived = 0;
  redraw();
});
addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("input, textarea");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    byId("search").focus();
    byId("search").select();
  }
  if (event.key === "Escape") {
    if (search.text) setSearch("");
    else byId("search").blur();
  }
  if (event.key === "ArrowDown" && event.target === byId("search")) list.focus();
});

byId("address").textContent = location.host;
choose();
draw();
follow(onUpdate, onConnection);
