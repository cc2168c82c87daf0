// Signing out leaves nothing of anybody on this device: what waits is sent first, then names, key and kept pages go.
// A session that can't be sent stays, sealed, for the day its owner signs in here again.
const PATIENCE = 4000;
const within = (work) => Promise.race([work, new Promise((done) => setTimeout(done, PATIENCE))]);
const load = () => Promise.all([import("./phone/keeping.mjs"), import("./phone/sending.mjs")]);

async function left({ person, waiting, inWords }, { sendAll }) {
  const owner = (await person())?.owner;
  const own = async () => (await waiting()).filter((one) => one.owner === owner).length;
  if (owner && (await own())) await within(sendAll());
  return owner && (await own()) ? inWords(await own()) : "";
}

async function clear({ forget }) {
  await forget();
  for (const name of await caches.keys()) if (name.startsWith("practicum-log-")) await caches.delete(name);
  for (const one of await navigator.serviceWorker.getRegistrations()) if (new URL(one.scope).pathname.startsWith("/hours/log")) await one.unregister();
}

function warn(form, words) {
  const said = document.createElement("p");
  Object.assign(said, { className: "toast toast--wait", textContent: `${words} and could not be sent. It stays there, sealed, and is sent when you sign in here again. Press once more to sign out.` });
  document.querySelector("#toasts").append(said);
  form.dataset.warned = "";
}

// Whoever clears holds the senders off until this page is gone: one that asked just before would write the names down anew.
async function go(form, keeping) {
  const last = async () => {
    await within(clear(keeping).catch(() => null));
    form.dataset.cleared = "";
    form.requestSubmit();
    return new Promise(() => {});
  };
  try {
    await navigator.locks.request("practicum-log", { signal: AbortSignal.timeout(PATIENCE) }, last);
  } catch {
    await last();
  }
}

async function leave(event) {
  const form = event.target;
  if ("cleared" in form.dataset) return;
  event.preventDefault();
  const [keeping, sending] = await load().catch(() => [{}, {}]);
  const words = "warned" in form.dataset ? "" : await left(keeping, sending).catch(() => "");
  if (words) warn(form, words);
  else await go(form, keeping);
}

for (const form of document.querySelectorAll('form[action="/logout"], form[action="/account/sign-out-everywhere"]')) form.addEventListener("submit", leave);
