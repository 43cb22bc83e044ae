// What the server has sent, section by section. No document here.

export const SECTIONS = [
  { id: "events", title: "Events", many: "events", lead: "What arrived, the newest first. What the platform would lose is marked." },
  { id: "lost", title: "Lost", many: "losses", lead: "Answered with 202, and lost by the platform all the same." },
  { id: "refused", title: "Refused", many: "refused requests", lead: "Requests that were answered with an error, and why." },
  { id: "users", title: "Users", many: "users", lead: "As they are now, what changed last in front." },
  { id: "organizations", title: "Organizations", many: "organizations", lead: "As they are now, what changed last in front." },
  { id: "schedules", title: "Schedules", many: "schedules", lead: "As they are assigned now. This server does not fire them." },
  { id: "inbox", title: "Inbox", many: "messages", lead: "Every message, also what is not yet due, expired or archived." },
];

const byTime = (rows) => rows.sort((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0));

export class Sections {
  // Of each its rows, the newest first, and how many the server has.
  #sections = new Map(SECTIONS.map(({ id }) => [id, { total: 0, rows: [] }]));
  #lostEvents = 0;
  // How often the server began anew: rows of two lives are never the same.
  #life = 0;

  get(id) {
    return this.#sections.get(id);
  }

  isEmpty() {
    return [...this.#sections.values()].every(({ total }) => total === 0);
  }

  // The same rows, whatever is taken in later.
  copy() {
    const copy = new Sections();
    copy.#sections = new Map(this.#sections);
    return copy;
  }

  // Takes an update in, and tells how many rows it brought.
  take({ fresh, keep, grown, now }) {
    if (fresh) {
      for (const { id } of SECTIONS) this.#sections.set(id, { total: 0, rows: [] });
      this.#lostEvents = 0;
      this.#life += 1;
    }
    const rowsOf = (id, { rows }) => rows.map((row) => this.#row(id, row));
    const events = rowsOf("events", grown.events);
    const lost = rowsOf("lost", grown.lost);
    const refused = rowsOf("refused", grown.refused);
    // Whoever misses an event looks among the events first.
    const lostEvents = lost.filter((row) => row.tag === "event");
    this.#lostEvents += lostEvents.length;
    this.#grow("events", [...events, ...lostEvents], grown.events.total + this.#lostEvents, keep);
    this.#grow("lost", lost, grown.lost.total, keep);
    this.#grow("refused", refused, grown.refused.total, keep);
    for (const [id, section] of Object.entries(now)) {
      // A row that did not change stays the same object, so that nothing is drawn again.
      const known = new Map(this.get(id).rows.map((row) => [row.print, row]));
      const rows = rowsOf(id, section).map((row) => {
        row.print = JSON.stringify(row);
        return known.get(row.print) ?? row;
      });
      this.#sections.set(id, { total: section.total, rows });
    }
    return events.length + lost.length + refused.length;
  }

  #row(kind, row) {
    return { ...row, kind, key: `${this.#life}-${kind}-${row.key}` };
  }

  #grow(id, rows, total, keep) {
    const before = this.get(id).rows;
    const after = rows.length ? byTime([...rows.reverse(), ...before]).slice(0, keep) : before;
    this.#sections.set(id, { total, rows: after });
  }
}

// The words of a search; a row matches when it has all of them, anywhere.
export class Search {
  constructor(text) {
    this.text = text.trim();
    this.words = this.text.toLowerCase().split(/\s+/).filter(Boolean);
  }

  filter(rows) {
    return this.words.length ? rows.filter((row) => this.#matches(row)) : rows;
  }

  // What finds the words, to mark them; `null` where nothing is searched for.
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
