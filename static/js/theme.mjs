// The switch of light and dark; without a choice the page follows the system.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);

function choose(theme) {
  root.dataset.theme = theme;
  try { localStorage.setItem("theme", theme); } catch { /* private windows keep nothing */ }
}

for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  button.hidden = false;
  button.addEventListener("click", () => choose(isDark() ? "light" : "dark"));
}
