// A seat that is truly held: <p data-clock data-until="2026-05-03T14:20:00Z">...<b data-clock-left></b><span class="vh" role="status" data-clock-say></span></p>
// The eye sees every second; the ear hears only the marks below. When time is up the page is asked again.
const marks = [600, 300, 120, 60, 30];
const words = (seconds) => (seconds >= 60 ? `${Math.ceil(seconds / 60)} minutes left` : `${seconds} seconds left`);
const face = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function start(clock) {
  const until = Date.parse(clock.dataset.until);
  const shown = clock.querySelector("[data-clock-left]");
  const said = clock.querySelector("[data-clock-say]");
  let last = Infinity;
  const tick = () => {
    const seconds = Math.max(0, Math.round((until - Date.now()) / 1000));
    if (shown) shown.textContent = face(seconds);
    if (said && marks.some((mark) => seconds <= mark && last > mark && last !== Infinity)) said.textContent = words(seconds);
    last = seconds;
    if (seconds > 0) return;
    clearInterval(timer);
    clock.dataset.over = "yes";
    if (clock.hasAttribute("data-clock-reload")) location.reload();
  };
  const timer = setInterval(tick, 1000);
  tick();
}

if (document.querySelector("[data-clock]")) document.querySelectorAll("[data-clock]").forEach(start);
