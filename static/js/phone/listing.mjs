// The list of what waits on this phone, and of what has arrived while one looked.
import { inWords, opened } from "./keeping.mjs";

const list = document.querySelector("[data-kept]");
const title = document.querySelector("[data-kept-title]");
const others = document.querySelector("[data-kept-others]");
const template = document.querySelector("#kept-entry");
const DAY = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });
const WHY = {
  waiting: "Waits for a network. It is sent by itself.",
  tried: "Sent, and no answer came. It is asked for again; nothing is logged twice.",
  after: "Waits for the session before it, which brings the new client.",
  refused: "It came back:",
  differs: "Another session was logged under its name:",
  shut: "This phone can't open it any more.",
};

const reason = (one) => (one.state !== "waiting" ? one.state : one.after ? "after" : one.tried ? "tried" : "waiting");
const minutes = (fields) => (fields.minutes === "other" ? fields.other_minutes : fields.minutes);

function whom(fields, options) {
  if (!fields.client) return fields.client_name;
  return options.find((one) => one.value === fields.client)?.text ?? fields.client_name ?? "a client";
}

function line(one, fields, options) {
  const made = template.content.cloneNode(true).firstElementChild;
  const part = (name) => made.querySelector(`[data-${name}]`);
  made.dataset.id = one.id;
  made.classList.toggle("kept--back", one.state !== "waiting");
  part("what").textContent = fields ? `${minutes(fields)} min with ${whom(fields, options)}` : "A session";
  part("when").textContent = fields?.on ? DAY.format(new Date(fields.on)) : "";
  part("why").textContent = WHY[reason(one)] + (one.words ? ` ${one.words}.` : "");
  part("problems").replaceChildren(...Object.values(one.errors).flat().map((said) => Object.assign(document.createElement("li"), { textContent: said })));
  part("change").hidden = !fields || !(one.state === "refused" || (one.state === "waiting" && !one.tried));
  part("delete").hidden = one.state === "waiting" && one.tried > 0;
  part("again").hidden = one.state !== "differs" || !fields;
  part("see").hidden = one.state !== "differs";
  if (one.href) part("see").href = one.href;
  return made;
}

// `own` are the entries of whoever is signed in, `foreign` how many wait for somebody else (for all, where nobody is).
export async function listKept(own, foreign, options) {
  const lines = [];
  for (const one of own) lines.push(line(one, await opened(one), options));
  list.replaceChildren(...lines);
  title.textContent = inWords(own.length);
  title.closest("section").hidden = !own.length;
  others.hidden = !foreign || !options.length;
  document.querySelectorAll("[data-foreign]").forEach((one) => { one.textContent = foreign ? inWords(foreign) : ""; });
}

export function listArrived(logged) {
  const place = document.querySelector("[data-arrived]");
  for (const { words, href } of logged) {
    const made = document.querySelector("#arrived-entry").content.cloneNode(true).firstElementChild;
    made.querySelector("[data-what]").textContent = words;
    made.querySelector("a").href = href;
    place.prepend(made);
  }
  if (logged.length) place.closest("section").hidden = false;
}
