// The received rows by section, and the search in them. This module does not touch the document.

export const SECTIONS = [
  { id: "events", title: "Events", many: "events", lead: "Received events, newest first. Events that the platform would lose are marked." },
  { id: "lost", title: "Lost", many: "lost items", lead: "Answered with 202, but the platform would lose them." },
  { id: "refused", title: "Refused", many: "refused requests", lead: "Requests that were answered with an error, or that are not the API's, with the reason." },
  { id: "users", title: "Users", many: "users", lead: "Current state, last changed first." },
  { id: "organizations", title: "Organizations", many: "organizations", lead: "Current state, last changed first." },
  { id: "schedules", title: "Schedules", many: "schedules", lead: "Current assignments. This server does not fire schedules." },
  { id: "inbox", title: "Inbox", many: "messages", lead: "Every message, including those that are not due yet, expired or archived." },
];

const byTime = (rows) => rows.sort((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0));

export class Sections {
  // For each section its rows, newest first, and the server's total.
  #sections = new Map(SECTIONS.map(({ id }) => [id, { total: 0, rows: [] }]));
  #lostEvents = 0;
  // Counts the fresh starts. It is part of each row's key, so keys of different epochs differ.
  #epoch = 0;

  get(id) {
    return this.#sections.get(id);
  }

  isEmpty() {
    return [...this.#sections.values()].every(({ total }) => total === 0);
  }

  // A copy that later updates do not change.
  copy() {
    const copy = new Sections();
    copy.#sections = new Map(this.#sections);
    return copy;
  }

  // Applies an update and returns the number of new log rows.
  apply({ fresh, keep, logs, snapshots }) {
    if (fresh) {
      for (const { id } of SECTIONS) this.#sections.set(id, { total: 0, rows: [] });
      this.#lostEvents = 0;
      this.#epoch += 1;
    }
    const rowsOf = (id, { rows }) => rows.map((row) => this.#row(id, row));
    const events = rowsOf("events", logs.events);
    const lost = rowsOf("lost", logs.lost);
    const refused = rowsOf("refused", logs.refused);
    // Lost events are also listed among the events, where a developer looks first.
    const lostEvents = lost.filter((row) => row.tag === "event");
    this.#lostEvents += lostEvents.length;
    this.#append("events", [...events, ...lostEvents], logs.events.total + this.#lostEvents, keep);
    this.#append("lost", lost, logs.lost.total, keep);
    this.#append("refused", refused, logs.refused.total, keep);
    for (const [id, section] of Object.entries(snapshots)) {
      // An unchanged row stays the same object, so it is not drawn again.
      const previous = new Map(this.get(id).rows.map((row) => [row.json, row]));
      const rows = rowsOf(id, section).map((row) => {
        row.json = JSON.stringify(row);
        return previous.get(row.json) ?? row;
      });
      this.#sections.set(id, { total: section.total, rows });
    }
    return events.length + lost.length + refused.length;
  }

  #row(kind, row) {
    return { ...row, kind, key: `${this.#epoch}-${kind}-${row.key}` };
  }

  #append(id, rows, total, keep) {
    const before = this.get(id).rows;
    const after = rows.length ? byTime([...rows.reverse(), ...before]).slice(0, keep) : before;
    this.#sections.set(id, { total, rows: after });
  }
}

// The words of a search. A row matches if it contains all of them.
export class Search {
  constructor(text) {
    this.text = text.trim();
    this.words = this.text.toLowerCase().split(/\s+/).filter(Boolean);
  }

  filter(rows) {
    return this.words.length ? rows.filter((row) => this.#matches(row)) : rows;
  }

  // A pattern that finds the words, to mark them; `null` for an empty search.
  pattern() {
    if (!this.words.length) return null;
    const literal = (word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    return new RegExp(this.words.map(literal).join("|"), "giu");
  }

  #matches(row) {
    if (row.searchedFor !== this) {
      row.searched ??= [row.kind, row.tag, row.name, row.about, row.problem, row.at, row.facts, row.texts].flat(2).join("\n").toLowerCase();
      row.searchedFor = this;
      row.isFound = this.words.every((word) => row.searched.includes(word));
    }
    return row.isFound;
  }
}
