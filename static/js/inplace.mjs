// Forms marked data-in-place answer where they stand; parts marked data-poll look again while they can still change.
// Without this file the same forms lead to pages of their own.
const HEADERS = { "X-In-Place": "1", Accept: "text/html" };
const FIRST = 3000;
const SLOWEST = 30000;

function swap(frame, html) {
  const made = new DOMParser().parseFromString(html, "text/html").querySelector("[data-in-place-frame]");
  if (!made) return null;
  made.querySelectorAll("script").forEach((script) => script.remove());
  frame.replaceWith(made);
  return made;
}

async function send(form) {
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", headers: HEADERS, body: new FormData(form) });
    const made = [200, 400, 422].includes(answer.status) && swap(form.closest("[data-in-place-frame]"), await answer.text());
    if (!made) throw new Error(String(answer.status));
    (made.querySelector("[data-focus-on-load]") ?? made).focus();
  } catch {
    form.dataset.plain = "";
    button.disabled = false;
    form.requestSubmit(button);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-in-place]") || "plain" in form.dataset) return;
  event.preventDefault();
  send(form);
});

function follow(frame, pause) {
  if (!frame?.dataset.poll) return;
  setTimeout(async () => {
    if (!frame.isConnected) return;
    let next = frame;
    try {
      if (!document.hidden) {
        const answer = await fetch(frame.dataset.poll, { headers: HEADERS, cache: "no-store" });
        const html = answer.ok ? await answer.text() : "";
        if (html && html !== frame.dataset.last) next = swap(frame, html) ?? frame;
        next.dataset.last = html;
      }
    } catch { /* the next look may succeed */ }
    follow(next, Math.min(pause * 1.3, SLOWEST));
  }, pause);
}

document.querySelectorAll("[data-poll]").forEach((frame) => follow(frame, FIRST));
