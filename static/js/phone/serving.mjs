// The service worker of the log: it keeps the page of the quick form (which names nobody) and what that page is made of,
// and takes the log's form in where the network has gone under it.
import { keep, person } from "./keeping.mjs";
import { askForSync, sendAll } from "./sending.mjs";

const PREFIX = "practicum-log-";
const PATIENCE = 5000;

async function fill(name, page, files) {
  const cache = await caches.open(name);
  const answer = await fetch(page, { redirect: "manual", cache: "reload" });
  if (!answer.ok) throw new Error(`the quick form answered ${answer.status}`);
  await cache.addAll(files);
  await cache.put(page, answer);
}

async function clean(name) {
  for (const old of await caches.keys()) if (old.startsWith(PREFIX) && old !== name) await caches.delete(old);
}

const later = (pause) => new Promise((_, fail) => setTimeout(() => fail(new Error("slow")), pause));

async function pageOrKept(request, name, page) {
  const asked = fetch(request);
  const isQuick = new URL(request.url).pathname === page;
  try {
    const answer = await (isQuick ? Promise.race([asked, later(PATIENCE)]) : asked);
    if (answer.status < 502) return answer;
  } catch { /* no network: the kept page will do */ }
  return (await caches.match(page, { cacheName: name, ignoreVary: true })) ?? asked;
}

async function sendOrKeep(request, page) {
  const copy = request.clone();
  try {
    return await fetch(request);
  } catch {
    if (!(await person())) return Response.error();
    const { once, csrf_token: _, ...fields } = Object.fromEntries(await copy.formData());
    await keep(once, fields, { tried: 1 });
    await askForSync(self.registration);
    return Response.redirect(page, 303);
  }
}

export function serve(page, files) {
  const name = PREFIX + files[0].split("/")[2];
  const answer = (event) => {
    const { method, mode, url } = event.request;
    const { origin, pathname } = new URL(url);
    if (origin !== self.location.origin) return;
    if (mode === "navigate" && method === "POST" && pathname === "/hours/log") event.respondWith(sendOrKeep(event.request, page));
    else if (mode === "navigate" && method === "GET") event.respondWith(pageOrKept(event.request, name, page));
    else if (method === "GET" && files.includes(pathname)) event.respondWith(caches.match(event.request, { cacheName: name }).then((kept) => kept ?? fetch(event.request)));
  };
  self.addEventListener("install", (event) => event.waitUntil(fill(name, page, files).then(() => self.skipWaiting())));
  self.addEventListener("activate", (event) => event.waitUntil(clean(name).then(() => self.clients.claim())));
  self.addEventListener("fetch", answer);
  self.addEventListener("sync", (event) => event.waitUntil(sendAll().then((reach) => { if (reach === "away") throw new Error("away"); })));
}
