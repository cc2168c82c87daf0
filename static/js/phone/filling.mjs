// The quick form: its clients, what was typed, and what is wrong beside its fields.
const NEW = "";
const today = (zone) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(); // the day where the owner lives, as 2026-03-14

// `pending`: new clients of sessions that wait, by the entry that brings them. What was chosen stays chosen.
export function offer(form, { clients, payment, zone }, pending) {
  const isFirst = !("payment" in form.dataset);
  const chosen = form.client.value;
  const known = clients.map(({ id, name, code }) => new Option(`${name} (${code})`, id));
  const fresh = pending.map(({ id, name }) => new Option(`${name} (new, waits here)`, `after:${id}`));
  form.client.replaceChildren(...fresh, ...known, new Option("A new client…", NEW));
  const stays = [...form.client.options].some((one) => one.value === chosen);
  form.client.value = stays ? chosen : form.client.options[0].value;
  Object.assign(form.dataset, { payment, zone });
  if (isFirst) empty(form);
  else if (!stays) form.dispatchEvent(new Event("change", { bubbles: true }));
}

// Nobody is signed in: no name and no word of theirs stays in the page.
export function wipe(form) {
  form.client.replaceChildren(new Option("A new client…", NEW));
  form.reset();
  delete form.dataset.payment;
}

export function empty(form) {
  form.reset();
  write(form, { on: today(form.dataset.zone), payment: form.dataset.payment, client: form.client.options[0].value });
}

export function read(form) {
  return Object.fromEntries(new FormData(form));
}

export function write(form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const control = form.elements.namedItem(name);
    if (control) control.value = value;
  }
  form.querySelector("details").open = Boolean(fields.starts || fields.notes || fields.format === "group");
  complain(form, {});
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

// What is sure to be refused is said at once; the school looks at the rest when it arrives.
export function check(fields, zone) {
  const errors = {};
  if (fields.client === NEW && !fields.client_name.trim()) errors.client_name = ["Give the new client a name, or choose one you know."];
  if (fields.minutes === "other" && !(Number(fields.other_minutes) >= 1 && Number(fields.other_minutes) <= 720)) errors.other_minutes = ["A session has between 1 minute and 12 hours."];
  if (!fields.on) errors.on = ["Choose the day of the session."];
  else if (fields.on > today(zone)) errors.on = ["This day has not come yet. Log a session once it has taken place."];
  if (fields.format === "group" && !(Number(fields.participants) >= 2)) errors.participants = ["A group has at least two people."];
  return errors;
}

function clear(form) {
  form.querySelectorAll("[data-complaint]").forEach((one) => one.remove());
  form.querySelectorAll(".field--wrong").forEach((one) => one.classList.remove("field--wrong"));
  form.querySelectorAll("[aria-invalid]").forEach((one) => { one.removeAttribute("aria-invalid"); one.setAttribute("aria-describedby", one.dataset.described ?? ""); });
}

function beside(form, name, words) {
  const control = form.elements.namedItem(name);
  const first = control instanceof RadioNodeList ? control[0] : control;
  const place = first?.closest(".field");
  const said = document.createElement("p");
  Object.assign(said, { className: "field__error", id: `${name || "form"}-complaint`, textContent: words });
  said.dataset.complaint = "";
  if (!place) { form.prepend(said); return form; }
  place.classList.add("field--wrong");
  if (control instanceof RadioNodeList) place.querySelector("legend").after(said);
  else first.before(said);
  first.dataset.described ??= first.getAttribute("aria-describedby") ?? "";
  first.setAttribute("aria-invalid", "true");
  first.setAttribute("aria-describedby", said.id);
  return first;
}

export function complain(form, errors) {
  clear(form);
  const wrong = Object.entries(errors).map(([name, said]) => beside(form, name, said.join(" ")));
  form.dispatchEvent(new Event("change", { bubbles: true }));
  if (!wrong.length) return false;
  wrong[0].closest("details")?.setAttribute("open", "");
  wrong[0].focus?.();
  return true;
}
