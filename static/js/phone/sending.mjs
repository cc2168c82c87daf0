// Sends what waits, one at a time and in its order. A name made on the phone goes with each, so that nothing is logged
// twice even where the answer was lost. What is refused comes back to its entry; nothing is thrown away.
import { arrived, entry, forget, know, mark, opened, waiting } from "./keeping.mjs";

const KNOWN = "/hours/log/phone.json";
const TAKE = "/hours/log/phone";
const PATIENCE = 20000;
const channel = new BroadcastChannel("practicum-log");

const ask = (address, more = {}) => fetch(address, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...more });

// Who is signed in here, with a token that is good now. "away": no network, or no school at its other end.
async function asked() {
  let answer;
  try {
    answer = await ask(KNOWN);
    if (answer.type !== "opaqueredirect" && !answer.ok) return { reach: "away" };
    if (answer.type !== "opaqueredirect") {
      const told = await answer.json();
      await know(told);
      return { reach: "there", ...told };
    }
  } catch {
    return { reach: "away" };
  }
  await forget();
  return { reach: "signed-out" };
}

async function post(one, fields, token) {
  const body = new URLSearchParams({ ...fields, client: one.client ?? fields.client, once: one.id, owner: one.owner, csrf_token: token });
  const answer = await ask(TAKE, { method: "POST", body });
  if (answer.type === "opaqueredirect") return { status: 401 };
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  return { status: answer.status, ...(isJson ? await answer.json() : {}) };
}

// What came of one: "logged", "back" (with its reasons), or why the sending stops here.
async function send(one, token) {
  const fields = await opened(one);
  if (!fields) { await mark(one.id, { state: "shut" }); return { came: "back" }; }
  await mark(one.id, { tried: one.tried + 1 });
  let told;
  try { told = await post(one, fields, token); } catch { return { came: "away" }; }
  if (told.state === "logged") { await arrived(one.id, told.client); return { came: "logged", words: told.words, href: told.href }; }
  if (told.state === "refused") { await mark(one.id, { state: "refused", errors: told.errors }); return { came: "back" }; }
  if (told.state === "differs") { await mark(one.id, { state: "differs", words: told.words, href: told.href }); return { came: "back" }; }
  if (told.status === 401 || told.state === "another") return { came: "signed-out" };
  return { came: told.status === 400 ? "token" : "away" };
}

async function sending() {
  let told = await asked();
  const logged = [];
  for (const { id, owner } of told.reach === "there" ? await waiting() : []) {
    const one = await entry(id);
    if (!one || one.state !== "waiting" || owner !== told.owner || (one.after && (await entry(one.after)))) continue;
    let outcome = await send(one, told.token);
    if (outcome.came === "token") {
      told = { ...told, ...(await asked()) };
      outcome = await send(one, told.token);
    }
    if (outcome.came === "logged") logged.push({ id, ...outcome });
    else if (outcome.came !== "back") { told = { ...told, reach: outcome.came === "token" ? "away" : outcome.came }; break; }
  }
  channel.postMessage({ reach: told.reach, logged });
  return told.reach;
}

// One sender at a time, be it this page, another tab or the service worker.
export const sendAll = () => (navigator.locks ? navigator.locks.request("practicum-log", sending) : sending());

export function listen(act) {
  new BroadcastChannel("practicum-log").addEventListener("message", (event) => act(event.data));
}

export async function askForSync(registration) {
  try { await registration?.sync?.register("sessions"); } catch { /* the page sends when it is opened */ }
}
