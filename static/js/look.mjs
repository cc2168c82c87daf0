// A button with data-look shows something anew beside a form that is being filled in: only the parts marked data-looked
// change, and nothing typed is lost. Without this file the whole page comes anew, and keeps all but the password.
async function look(button) {
  const answer = await fetch(button.formAction, { method: "POST", headers: { Accept: "text/html" }, body: new FormData(button.form) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const parts = [...page.querySelectorAll("[data-looked]")];
  if (!parts.length) throw new Error(String(answer.status));
  for (const part of parts) document.getElementById(part.id)?.replaceWith(part);
  document.getElementById(button.dataset.look)?.focus();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-look]");
  if (!button?.form || "plain" in button.dataset) return;
  event.preventDefault();
  button.disabled = true;
  try {
    await look(button);
  } catch {
    button.dataset.plain = "";
    button.disabled = false;
    button.form.requestSubmit(button);
  }
});
