// Polls the server for updates, for as long as the page is open.

// The pause in milliseconds between two polls, so that a burst of requests is drawn in few steps.
const POLL_PAUSE = 200;
// The pause in milliseconds after a failed poll.
const RETRY_PAUSE = 1000;
// The time-out of a poll in milliseconds, longer than the server's own wait. Without it, a
// connection that broke while the machine slept would hang forever.
const TIMEOUT = 40_000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function poll(cursor, isConnected) {
  const query = new URLSearchParams({ since: cursor });
  // After a disconnection, an update is requested at once, to detect that the server is back.
  if (!isConnected) query.set("wait", "no");
  const response = await fetch(`/live?${query}`, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const update = await response.json();
  if (typeof update.cursor !== "string") throw new Error("unexpected response");
  return update;
}

// Calls `onUpdate` with each update, and `onConnection` with whether the server responds, each time
// that changes.
export async function follow(onUpdate, onConnection) {
  let cursor = "";
  let isConnected = false;
  const setConnected = (value) => {
    if (value === isConnected) return;
    isConnected = value;
    onConnection(value);
  };
  for (;;) {
    let update;
    try {
      update = await poll(cursor, isConnected);
    } catch {
      // Also reports a failure of the first poll, when `isConnected` is still `false`.
      isConnected = true;
      setConnected(false);
      await pause(RETRY_PAUSE);
      continue;
    }
    cursor = update.cursor;
    setConnected(true);
    onUpdate(update);
    if (!update.more) await pause(POLL_PAUSE);
  }
}
