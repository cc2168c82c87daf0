// The quick form: what is logged is written down on this phone first, and sent from there.
import { check, complain, empty, offer, read, wipe, write } from "./filling.mjs";
import { drop, entry, keep, opened, person, put, waiting } from "./keeping.mjs";
import { listArrived, listKept } from "./listing.mjs";
import { register } from "./registering.mjs";
import { askForSync, listen, sendAll } from "./sending.mjs";

const form = document.querySelector("[data-quick]");
const states = [...document.querySelectorAll("[data-reach]")];
const kept = document.querySelector("[data-kept]");
const undo = document.querySelector("[data-undo]");
const registered = register();
const AGAIN = 30000;
let reach = "";
let changing = null;
let deleted = null;

async function show() {
  const known = await person();
  const all = await waiting();
  const own = all.filter((one) => one.owner === known?.owner);
  const fresh = [];
  for (const one of own) {
    const fields = one.after || one.client ? null : await opened(one);
    if (fields?.client === "" && one.id !== changing) fresh.push({ id: one.id, name: fields.client_name });
  }
  form.hidden = !known;
  if (known) offer(form, known, fresh);
  else wipe(form);
  const situation = known ? reach : reach === "away" ? "unknown" : reach || "opening";
  states.forEach((one) => { one.hidden = one.dataset.reach !== situation; });
  await listKept(own, all.length - own.length, known ? [...form.client.options] : []);
  return own.length;
}

// A client who waits here is written down with the entry that brings her, and by name, should that entry go.
async function chosen(fields) {
  if (!fields.client.startsWith("after:")) return { fields, after: null };
  const id = fields.client.slice(6);
  const first = await opened(await entry(id));
  const { client_name, client_contact, consent } = first;
  return { fields: { ...fields, client: "", client_name, client_contact, consent }, after: id };
}

async function log(event) {
  event.preventDefault();
  const typed = read(form);
  if (complain(form, check(typed, form.dataset.zone))) return;
  const { fields, after } = await chosen(typed);
  const before = changing && (await entry(changing));
  await keep(before ? before.id : crypto.randomUUID(), fields, { after, at: before?.at });
  changing = null;
  empty(form);
  await show();
  await askForSync(await registered);
  await sendAll();
}

async function change(one) {
  changing = one.id;
  await show();
  write(form, { ...(await opened(one)), ...(one.after && { client: `after:${one.after}` }), ...(one.client && { client: one.client }) });
  if (!complain(form, one.errors)) form.client.focus();
}

async function act(event) {
  const button = event.target.closest("button");
  const one = button && (await entry(button.closest("[data-id]").dataset.id));
  if (!one) return;
  if (button.matches("[data-change]")) return change(one);
  if (button.matches("[data-delete]")) { deleted = one; await drop(one.id); undo.hidden = false; undo.focus(); }
  if (button.matches("[data-again]")) {
    await keep(crypto.randomUUID(), await opened(one), { at: one.at });
    await drop(one.id);
    sendAll();
  }
  await show();
}

async function bringBack() {
  if (deleted) await put({ ...deleted, after: null });
  deleted = null;
  undo.hidden = true;
  await show();
}

listen(async (told) => {
  reach = told.reach;
  listArrived(told.logged);
  await show();
});
form.addEventListener("submit", log);
kept.addEventListener("click", act);
undo.addEventListener("click", bringBack);
addEventListener("online", sendAll);
document.addEventListener("visibilitychange", () => { if (!document.hidden) sendAll(); });
setInterval(async () => { if (!document.hidden && reach === "away" && (await waiting()).length) sendAll(); }, AGAIN);
await show();
await sendAll();
