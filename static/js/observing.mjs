// A Session Observation Form beside its recording. The recording is played from the reader's own machine and never sent.
// <section data-recording> holds the player; <button data-now="3"> notes the moment for competency 3;
// <form data-observing> saves itself two seconds after the last key. Without this module the form has its button.
const form = document.querySelector("form[data-observing]");
const box = document.querySelector("[data-recording]");
const player = box?.querySelector("[data-recording-player]");
const pause = 2000;

const words = (seconds) => {
  const whole = Math.floor(seconds), h = Math.floor(whole / 3600), m = Math.floor((whole % 3600) / 60), s = String(whole % 60).padStart(2, "0");
  return h ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
};
const seconds = (text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
const isBlank = (row) => [...row.querySelectorAll("input, textarea")].every((one) => !one.value.trim());

function anotherRow(list) {
  const rows = [...list.children], last = rows.at(-1);
  if (isBlank(last)) return last;
  const row = last.cloneNode(true), number = list.dataset.moments;
  row.classList.remove("moments__row--wrong");
  row.querySelector(".field__error")?.remove();
  const old = `c${number}-${rows.length - 1}-`, fresh = `c${number}-${rows.length}-`;
  for (const one of row.querySelectorAll("[id], [for], [name]")) {
    for (const part of ["id", "for", "name"]) {
      const known = one.getAttribute(part);
      if (known) one.setAttribute(part, known.replace(old, fresh));
    }
    one.removeAttribute("aria-invalid");
    one.removeAttribute("aria-describedby");
    if ("value" in one) one.value = "";
    if (one.tagName === "TEXTAREA") one.textContent = "";
  }
  list.append(row);
  return row;
}

function note(button) {
  const row = anotherRow(form.querySelector(`[data-moments="${button.dataset.now}"]`));
  row.querySelector("input").value = words(player.currentTime);
  row.querySelector("textarea").focus();
  form.dispatchEvent(new Event("input"));
}

if (box) {
  const file = box.querySelector("[data-recording-file]");
  box.hidden = false;
  player.hidden = true;
  file.addEventListener("change", () => {
    if (player.src) URL.revokeObjectURL(player.src);
    player.src = file.files.length ? URL.createObjectURL(file.files[0]) : "";
    player.hidden = !file.files.length;
    for (const button of form.querySelectorAll("[data-now]")) button.hidden = !file.files.length;
  });
  player.addEventListener("timeupdate", () => { box.querySelector("[data-recording-now]").textContent = words(player.currentTime); });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-now]");
    if (button) note(button);
  });
  form.addEventListener("dblclick", (event) => {
    if (event.target.matches(".moments input") && player.src && event.target.value) { player.currentTime = seconds(event.target.value); player.play(); }
  });
  form.addEventListener("input", (event) => {
    const list = event.target.closest?.("[data-moments]");
    if (list) anotherRow(list);
  });
}

let timer = 0, saving = Promise.resolve();
const hint = form.querySelector("[data-observing-hint]");
async function save() {
  hint.textContent = "Saving…";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json", "X-Autosave": "1" } });
    if (!answer.ok) throw new Error(answer.status === 409 ? await answer.text() : "Not saved yet. Your words are still here; use the button to try again.");
    form.elements.namedItem("based_on").value = (await answer.json()).based_on;
    hint.textContent = "Saved";
  } catch (error) {
    hint.textContent = error.message;
  }
}
form.addEventListener("input", () => {
  hint.textContent = "Not saved yet";
  clearTimeout(timer);
  timer = setTimeout(() => { saving = saving.then(save); }, pause);
});
form.addEventListener("submit", () => clearTimeout(timer));
