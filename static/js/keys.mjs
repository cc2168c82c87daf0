// Keys for pages that say so. An element with data-key="n" is followed or pressed by N.
// A list with data-keys-list moves by j and k over its [data-keys-item]; data-key inside an item acts for that item only.
const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
const lists = () => document.querySelector("[data-keys-list]");
const items = () => [...(lists()?.querySelectorAll("[data-keys-item]") ?? [])];
const here = () => items().find((item) => item.dataset.at === "here") ?? document.activeElement?.closest?.("[data-keys-item]");

export function stand(item) {
  if (!item) return;
  items().forEach((other) => { delete other.dataset.at; });
  item.dataset.at = "here";
  if (!item.hasAttribute("tabindex")) item.tabIndex = -1;
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = items();
  const at = all.indexOf(here());
  stand(all[Math.min(Math.max(at + step, 0), all.length - 1)]);
}

function press(key) {
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const inside = here()?.querySelector(selector);
  const alone = [...document.querySelectorAll(selector)].find((one) => !one.closest("[data-keys-item]"));
  const found = inside ?? alone;
  if (!found || found.disabled) return false;
  if (found.matches("input:not([type=checkbox]), textarea, select")) found.focus(); else found.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === "j" && items().length) move(1);
  else if (key === "k" && items().length) move(-1);
  else if (!press(key)) return;
  event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const item = event.target.closest?.("[data-keys-item]");
  if (item && item.dataset.at !== "here") { items().forEach((other) => { delete other.dataset.at; }); item.dataset.at = "here"; }
});
