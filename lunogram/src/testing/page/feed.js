// Follows the server: asks for what is new, hands it on, and asks again, for as long as the page is open.

// What the server answers in less time than this is gathered: a burst is drawn in steps, not row by row.
const GATHER = 200;
// Between two attempts to reach a server that does not answer.
const RETRY = 1000;
// Longer than the server lets a request wait. A connection that died in its sleep never answers.
const TOO_LONG = 40_000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function ask(cursor, isConnected) {
  const query = new URLSearchParams({ since: cursor });
  // Whoever lost the server wants to know that it is back, not only what is new there.
  if (!isConnected) query.set("wait", "no");
  const response = await fetch(`/live?${query}`, { cache: "no-store", signal: AbortSignal.timeout(TOO_LONG) });
  if (!response.ok) throw new Error(`answered with ${response.status}`);
  const update = await response.json();
  if (typeof update.cursor !== "string") throw new Error("not the answer of this page's server");
  return update;
}

// Calls `onUpdate` with each update, and `onConnection` with whether the server answers, each time that changes.
export async function follow(onUpdate, onConnection) {
  let cursor = "";
  let isConnected = false;
  const say = (now) => {
    if (now === isConnected) return;
    isConnected = now;
    onConnection(now);
  };
  for (;;) {
    let update;
    try {
      update = await ask(cursor, isConnected);
    } catch {
      // The first failure is told as well: nobody knows yet that there is no connection.
      isConnected = true;
      say(false);
      await pause(RETRY);
      continue;
    }
    cursor = update.cursor;
    say(true);
    onUpdate(update);
    if (!update.more) await pause(GATHER);
  }
}
