// A text that saves itself: <form data-autosave action="..." method="post"> with <output data-autosave-hint></output>.
// It is sent a second after the last key, and once more when the reader leaves; without this module the form has its button.
const pause = 1000;

function keep(form) {
  const hint = form.querySelector("[data-autosave-hint]");
  const say = (words) => { if (hint) hint.textContent = words; };
  let timer = 0;
  let dirty = false;
  const send = async (leaving = false) => {
    if (!dirty) return;
    dirty = false;
    if (!leaving) say("Saving…");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json", "X-Autosave": "1" }, keepalive: true });
      if (!answer.ok) throw new Error(String(answer.status));
      say("Saved");
    } catch {
      dirty = true;
      say("Not saved yet. Your words are still here; use the button to try again.");
    }
  };
  form.addEventListener("input", () => { dirty = true; say("Not saved yet"); clearTimeout(timer); timer = setTimeout(send, pause); });
  form.addEventListener("submit", () => { clearTimeout(timer); dirty = false; });
  addEventListener("pagehide", () => send(true));
}

document.querySelectorAll("form[data-autosave]").forEach(keep);
