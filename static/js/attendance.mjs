// An attendance sheet by hand and by key: five minutes less, the full time, absent. Without this module it is a plain form.
const sheet = document.querySelector("[data-sheet-of-people]");

function prepare(row) {
  const minutes = row.querySelector("input[name^=minutes-]");
  const absent = row.querySelector("input[name=absent]");
  const full = Number(sheet.dataset.full);
  const show = () => { minutes.disabled = absent.checked; };
  const set = (value) => { absent.checked = false; show(); minutes.value = String(Math.min(full, Math.max(0, value))); };
  const less = row.querySelector("[data-less]");
  const whole = row.querySelector("[data-full-time]");
  less.hidden = whole.hidden = false;
  less.addEventListener("click", () => { if (!minutes.value.includes(":")) set((Number(minutes.value || full) || full) - Number(less.dataset.less)); });
  whole.addEventListener("click", () => set(full));
  absent.addEventListener("change", show);
  show();
}

sheet?.querySelectorAll("[data-keys-item]").forEach(prepare);
