// The outline is a sheet on a phone: closed at first, Escape closes it. Focus mode hides it everywhere and is remembered.
const wide = matchMedia("(min-width: 60rem)");
const sheet = document.querySelector("details[data-sheet]");
const toggle = document.querySelector("[data-focus-mode]");

if (sheet) {
  const settle = () => { sheet.open = wide.matches; };
  settle();
  wide.addEventListener("change", settle);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || wide.matches || !sheet.open) return;
    sheet.open = false;
    sheet.querySelector("summary").focus();
  });
  if (wide.matches) sheet.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
}

function focusMode(on) {
  document.documentElement.dataset.focus = on ? "on" : "off";
  toggle.setAttribute("aria-pressed", String(on));
  try { localStorage.setItem("focus-mode", on ? "on" : "off"); } catch { /* not remembered */ }
}

if (toggle) {
  toggle.hidden = false;
  let kept = "off";
  try { kept = localStorage.getItem("focus-mode") ?? "off"; } catch { /* not remembered */ }
  focusMode(kept === "on");
  toggle.addEventListener("click", () => focusMode(toggle.getAttribute("aria-pressed") !== "true"));
}
