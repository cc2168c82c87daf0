// Signing out leaves nothing of anybody on this device: what waits is sent first, then names, key and kept pages go.
// A session that can't be sent stays, sealed, for the day its owner signs in here again.
const PATIENCE = 4000;
const within = (work) => Promise.race([work, new Promise((done) => setTimeout(done, PATIENCE))]);

async function clear() {
  const [{ forget, inWords, person, waiting }, { sendAll }] = await Promise.all([import("./phone/keeping.mjs"), import("./phone/sending.mjs")]);
  const owner = (await person())?.owner;
  const own = async () => (await waiting()).filter((one) => one.owner === owner);
  if (owner && (await own()).length) await within(sendAll());
  const left = owner ? (await own()).length : 0;
  await forget();
  for (const name of await caches.keys()) if (name.startsWith("practicum-log-")) await caches.delete(name);
  for (const one of await navigator.serviceWorker.getRegistrations()) if (new URL(one.scope).pathname.startsWith("/hours/log")) await one.unregister();
  return left ? inWords(left) : "";
}

function warn(form, words) {
  const said = document.createElement("p");
  Object.assign(said, { className: "toast toast--wait", textContent: `${words} and could not be sent. It stays there, sealed, and is sent when you sign in here again. Press once more to sign out.` });
  document.querySelector("#toasts").append(said);
  form.dataset.cleared = "";
}

async function leave(event) {
  const form = event.target;
  if ("cleared" in form.dataset) return;
  event.preventDefault();
  const left = await within(clear().catch(() => ""));
  form.dataset.cleared = "";
  if (left) warn(form, left);
  else form.requestSubmit();
}

for (const form of document.querySelectorAll('form[action="/logout"], form[action="/account/sign-out-everywhere"]')) form.addEventListener("submit", leave);
