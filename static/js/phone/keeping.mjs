// What waits on this phone, and what it may know of its owner until the sign-out.
// Sessions are sealed with the owner's key (AES-GCM). The key leaves with the sign-out and comes back with the owner.
const NAME = "practicum-log";
const OWNER = "owner";
let opening;

function database() {
  opening ??= new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("waiting", { keyPath: "id" });
      asked.result.createObjectStore("person");
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  return opening;
}

const answered = (asked) => new Promise((done, fail) => { asked.onsuccess = () => done(asked.result); asked.onerror = () => fail(asked.error); });

async function within(name, mode, work) {
  const transaction = (await database()).transaction(name, mode, { durability: "strict" });
  const over = new Promise((done, fail) => {
    transaction.oncomplete = done;
    transaction.onerror = transaction.onabort = () => fail(transaction.error);
  });
  const result = await work(transaction.objectStore(name));
  await over;
  return result;
}

export const person = () => within("person", "readonly", (store) => answered(store.get(OWNER)));
export const forget = () => within("person", "readwrite", (store) => answered(store.clear()));

export async function know({ owner, key, clients, payment, zone }) {
  const raw = Uint8Array.from(atob(key), (sign) => sign.charCodeAt(0));
  const sealing = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  await within("person", "readwrite", (store) => answered(store.put({ owner, key: sealing, clients, payment, zone }, OWNER)));
}

// `after`: the entry that brings the same new client, who has no name at the school before it has arrived.
export async function keep(id, fields, { after = null, tried = 0, at = Date.now() } = {}) {
  const { owner, key } = await person();
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(fields)));
  const entry = { id, owner, at, after, client: null, iv, data, state: "waiting", errors: {}, tried };
  await within("waiting", "readwrite", (store) => answered(store.put(entry)));
  navigator.storage?.persist?.();
  return entry;
}

export async function opened(entry) {
  const known = await person();
  if (known?.owner !== entry.owner) return null;
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: entry.iv }, known.key, entry.data);
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}

export async function waiting() {
  const all = await within("waiting", "readonly", (store) => answered(store.getAll()));
  return all.sort((one, other) => one.at - other.at);
}

export const entry = (id) => within("waiting", "readonly", (store) => answered(store.get(id)));
export const put = (one) => within("waiting", "readwrite", (store) => answered(store.put(one)));

export async function mark(id, changes) {
  await within("waiting", "readwrite", async (store) => {
    const found = await answered(store.get(id));
    if (found) await answered(store.put({ ...found, ...changes }));
  });
}

// Arrived: it waits no longer, and those that waited for its new client learn who that is.
export const arrived = (id, client) => leave(id, { client, after: null });

// Deleted: the first that waited for its client brings the client itself, and the others wait for that one.
export async function drop(id) {
  const [heir, ...others] = (await waiting()).filter((one) => one.after === id);
  if (heir) await put({ ...heir, after: null });
  for (const one of others) await put({ ...one, after: heir.id });
  await leave(id, {});
}

function leave(id, told) {
  return within("waiting", "readwrite", async (store) => {
    await answered(store.delete(id));
    for (const one of await answered(store.getAll())) if (one.after === id) await answered(store.put({ ...one, ...told }));
  });
}

export const inWords = (count) => (count === 1 ? "1 session waits on this phone" : `${count} sessions wait on this phone`);
