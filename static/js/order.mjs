// An order that waits asks for itself again, and is replaced only when something has changed; the ear hears the new headline.
// Without this module the page's own "Check again" button and a reload do the same.
// A form with data-once is sent once, however often it is pressed.
const pause = 3000;

async function look() {
  const shown = document.querySelector("[data-order]");
  if (!shown || shown.dataset.changes !== "yes") return;
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (answer.ok && !answer.redirected) replace(shown, new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch { /* the network is away: the next look may find it back */ }
  setTimeout(look, pause);
}

function replace(shown, page) {
  const fresh = page.querySelector("[data-order]");
  if (!fresh || fresh.dataset.mark === shown.dataset.mark) return;
  const held = shown.contains(document.activeElement);
  shown.replaceWith(fresh);
  document.title = page.title;
  document.querySelector("#order-said").textContent = fresh.querySelector("h1").textContent;
  if (held) document.querySelector("main").focus();
}

document.querySelectorAll("form[data-once], form:has([data-once])").forEach((form) => form.addEventListener("submit", (event) => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
}));
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
if (document.querySelector("[data-order]")) setTimeout(look, pause);
