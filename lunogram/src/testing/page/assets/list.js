// The rows in the document. Values from the server are only ever inserted as text.

const template = (id) => document.getElementById(id).content.firstElementChild;
const format = { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" };
const timeOfDay = new Intl.DateTimeFormat(undefined, format);
const dayAndTime = new Intl.DateTimeFormat(undefined, { ...format, day: "2-digit", month: "short" });
const PREVIEW = 300;

// The list of one section's rows. `draw` keeps the elements of rows that stay.
export class List {
  #list;
  #items = new Map();
  #open = new Set();
  #nameOf;

  // `nameOf` returns the name of the user or organization with an id.
  constructor(list, nameOf) {
    this.#list = list;
    this.#nameOf = nameOf;
    list.addEventListener("keydown", (event) => this.#walk(event));
  }

  isOpen(row) {
    return this.#open.has(row.key);
  }

  focus() {
    this.#list.querySelector("summary")?.focus();
  }

  // The arrow keys move the focus from row to row.
  #walk(event) {
    const item = event.target.closest("summary") && event.target.closest("li");
    const next = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!item || !next) return;
    event.preventDefault();
    item[next]?.querySelector("summary").focus();
  }

  // `pattern` marks the search terms; `isArrival` highlights the rows that are added.
  draw(rows, pattern, isArrival) {
    const focused = document.activeElement;
    const wanted = new Map(rows.map((row) => [row.key, this.#items.get(row.key)]));
    for (const [key, item] of this.#items) {
      if (!wanted.has(key)) item.remove();
    }
    let next = this.#list.firstElementChild;
    for (const row of rows) {
      let item = wanted.get(row.key);
      if (!item) {
        item = this.#create(row.key);
        item.classList.toggle("new", isArrival);
        wanted.set(row.key, item);
      }
      if (item.row !== row || item.pattern !== pattern) this.#fill(item, row, pattern);
      if (item === next) next = next.nextElementSibling;
      else this.#list.insertBefore(item, next);
    }
    this.#items = wanted;
    // Moving an element removes its focus.
    if (document.activeElement !== focused && this.#list.contains(focused)) focused.focus({ preventScroll: true });
  }

  #create(key) {
    const item = template("row").cloneNode(true);
    const details = item.querySelector("details");
    details.open = this.#open.has(key);
    details.addEventListener("toggle", () => {
      if (details.open) this.#open.add(key);
      else this.#open.delete(key);
      this.#fillBody(item);
    });
    return item;
  }

  #fill(item, row, pattern) {
    const isOther = item.row !== row;
    item.row = row;
    item.pattern = pattern;
    const part = (name) => item.querySelector(`summary > .${name}`);
    if (isOther) {
      item.dataset.key = row.key;
      item.dataset.kind = row.kind;
      fillTime(item.querySelector("time"), row.at);
      part("tag").textContent = row.tag;
    }
    mark(part("name"), row.name, pattern);
    mark(part("about"), row.about, pattern);
    mark(part("preview"), preview(row, pattern), pattern);
    mark(part("problem"), row.problem ?? "", pattern);
    this.#fillBody(item, true);
  }

  // Creates the details when a row is opened, and again when the row or the search changes.
  #fillBody(item, isStale = false) {
    const details = item.querySelector("details");
    const old = details.querySelector(".body");
    if (!details.open || (old && !isStale)) return;
    const body = document.createElement("div");
    body.className = "body";
    const facts = factList(item.row, this.#nameOf, item.pattern);
    if (facts) body.append(facts);
    for (const [heading, text] of item.row.texts) body.append(textBlock(heading, text, colored(text, item.pattern)));
    if (old) old.replaceWith(body);
    else details.append(body);
  }
}

function fillTime(time, at) {
  const moment = new Date(at);
  const isToday = moment.toDateString() === new Date().toDateString();
  time.dateTime = at;
  time.title = at;
  time.textContent = (isToday ? timeOfDay : dayAndTime).format(moment);
}

function factList(row, nameOf, pattern) {
  const facts = [...row.facts];
  if (row.reached) facts.push(["subjects", row.reached.map(nameOf).join(", ")]);
  if (!facts.length) return null;
  const list = document.createElement("dl");
  for (const [name, value] of facts) {
    const term = document.createElement("dt");
    const description = document.createElement("dd");
    term.textContent = name;
    mark(description, value, pattern);
    list.append(term, description);
  }
  return list;
}

// A block of text with a heading and a button that copies it; `nodes` are its contents.
export function textBlock(heading, text, nodes = [text]) {
  const block = template("text").cloneNode(true);
  const copy = block.querySelector(".copy");
  const pre = block.querySelector("pre");
  block.querySelector("h2").textContent = heading;
  pre.setAttribute("aria-label", heading);
  copy.setAttribute("aria-label", `Copy ${heading}`);
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text).then(
      () => (copy.textContent = "Copied"),
      () => (copy.textContent = "Copying failed; select the text"),
    );
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  });
  pre.append(...nodes);
  return block;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function colored(json, pattern) {
  const nodes = [];
  let end = 0;
  for (const token of json.matchAll(TOKEN)) {
    const [text, string, colon] = token;
    const span = document.createElement("span");
    span.className = colon ? "key" : string ? "string" : /^[tfn]/.test(text) ? "word" : "number";
    mark(span, string ?? text, pattern);
    nodes.push(json.slice(end, token.index), span);
    end = token.index + (string ?? text).length;
  }
  nodes.push(json.slice(end));
  return nodes;
}

// The beginning of the row's JSON in one line, or the part around the first search match.
function preview(row, pattern) {
  const texts = row.texts.map(([, text]) => text.replace(/(?<=[{[])\n\s*|\n\s*(?=[}\]])/g, "").replace(/\n\s*/g, " "));
  const found = pattern && texts.find((text) => text.search(pattern) >= 0);
  const text = found || (texts[0] ?? "");
  const at = found ? found.search(pattern) : 0;
  const start = at > PREVIEW / 6 ? at - PREVIEW / 12 : 0;
  return (start ? "… " : "") + text.slice(start, start + PREVIEW);
}

// Fills an element with text and marks the matches of `pattern`.
function mark(parent, text, pattern) {
  if (!pattern) {
    parent.textContent = text;
    return;
  }
  parent.textContent = "";
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    const marked = document.createElement("mark");
    [marked.textContent] = found;
    parent.append(text.slice(end, found.index), marked);
    end = found.index + marked.textContent.length;
  }
  parent.append(text.slice(end));
}
