// The course player: the sheet of keys, and the keys of a film (Space, J, L, C, F). The place in a film is remembered.
const help = document.querySelector("[data-help-dialog]");
const opener = document.querySelector("[data-help]");

if (help && opener && help.showModal) {
  opener.hidden = false;
  opener.addEventListener("click", () => (help.open ? help.close() : help.showModal()));
}

const box = document.querySelector("[data-film]");
const film = box?.querySelector("video");
const busy = (target) => target.closest("input, textarea, select, button, a, summary, dialog, [contenteditable]");

function captions() {
  const track = film.textTracks[0];
  if (track) track.mode = track.mode === "showing" ? "hidden" : "showing";
}

const acts = {
  " ": () => (film.paused ? film.play() : film.pause()),
  j: () => { film.currentTime = Math.max(0, film.currentTime - 10); },
  l: () => { film.currentTime = Math.min(film.duration || 0, film.currentTime + 10); },
  c: captions,
  f: () => (document.fullscreenElement ? document.exitFullscreen() : film.requestFullscreen?.()),
};

function remember() {
  const body = new FormData();
  body.set("csrf_token", box.dataset.token);
  body.set("seconds", String(film.ended ? 0 : Math.floor(film.currentTime)));
  fetch(box.dataset.place, { method: "POST", body, keepalive: true }).catch(() => { /* the place is not remembered */ });
}

if (film) {
  const left = Number(box.dataset.left || 0);
  if (left > 2) film.addEventListener("loadedmetadata", () => { if (left < film.duration - 2) film.currentTime = left; }, { once: true });
  film.addEventListener("pause", remember);
  document.addEventListener("keydown", (event) => {
    const act = acts[event.key.toLowerCase()];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
    if (event.key === " " && event.target === film) return;
    event.preventDefault();
    act();
  });
}
