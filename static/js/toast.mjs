// Messages can be dismissed; one that offers undo leaves by itself, but never while it is pointed at or focused.
function leave(toast) { toast.remove(); }

function expire(toast, seconds) {
  let left = seconds;
  const timer = setInterval(() => {
    if (!toast.isConnected) return clearInterval(timer);
    if (toast.matches(":hover, :focus-within")) return;
    if (--left <= 0) { clearInterval(timer); leave(toast); }
  }, 1000);
}

export function watch(toast) {
  if (toast.dataset.watched) return;
  toast.dataset.watched = "yes";
  const close = toast.querySelector("[data-toast-close]");
  if (close) { close.hidden = false; close.addEventListener("click", () => leave(toast)); }
  if (toast.dataset.toastSeconds) expire(toast, Number(toast.dataset.toastSeconds));
}

const watchAll = () => document.querySelectorAll("[data-toast]").forEach(watch);
watchAll();
document.addEventListener("htmx:afterSwap", watchAll);
