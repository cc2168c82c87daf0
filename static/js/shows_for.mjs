// A part of a form that only matters for one answer: <div data-shows-for="format" data-shows-value="group">.
// Without this script every part is there to be filled in.
const parts = [...document.querySelectorAll("[data-shows-for]")];

function answer(form, name) {
  const field = form.elements.namedItem(name);
  return field ? field.value : "";
}

function show() {
  for (const part of parts) {
    const wanted = answer(part.closest("form"), part.dataset.showsFor) === part.dataset.showsValue;
    part.hidden = !wanted && !part.querySelector("[aria-invalid]");
  }
}

document.addEventListener("change", show);
show();
