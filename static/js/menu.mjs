// Menus are <details>: Escape and a click elsewhere close them; on a wide screen they stand open.
const wide = matchMedia("(min-width: 60rem)");
const menus = [...document.querySelectorAll("details[data-menu]")];
const settle = () => menus.forEach((menu) => { menu.open = wide.matches; });

function close(menu, refocus) {
  if (wide.matches || !menu.open) return;
  menu.open = false;
  if (refocus) menu.querySelector("summary")?.focus();
}

if (menus.length) {
  settle();
  wide.addEventListener("change", settle);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") menus.forEach((menu) => close(menu, true)); });
  document.addEventListener("click", (event) => { menus.filter((menu) => !menu.contains(event.target)).forEach((menu) => close(menu, false)); });
}

// Of tabs that run past the edge of a phone the current one is in view.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const list = tab.closest(".tabs");
  list.scrollLeft = tab.offsetLeft - list.offsetLeft - (list.clientWidth - tab.offsetWidth) / 2;
}

// A refused form takes the reader to its summary; print buttons print.
document.querySelector("[data-focus-on-load]")?.focus();
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
