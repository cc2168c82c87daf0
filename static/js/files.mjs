// A file that the school would not take is named beside its field before it is sent: nothing that was typed is lost.
const BESIDES = 500_000; // what the other fields of the form may need
const words = (most) => `This file is larger than ${Math.floor(most / 1048576)} MB. Choose a smaller one.`;

function clear(input) {
  const said = document.getElementById(`${input.id}-large`);
  if (!said) return;
  said.remove();
  input.removeAttribute("aria-invalid");
  input.setAttribute("aria-describedby", input.dataset.described);
  input.closest(".field")?.classList.remove("field--wrong");
}

function refuse(input, most) {
  const said = document.createElement("p");
  Object.assign(said, { className: "field__error", id: `${input.id}-large`, textContent: words(most) });
  said.setAttribute("role", "alert");
  input.dataset.described = input.getAttribute("aria-describedby") ?? "";
  input.setAttribute("aria-describedby", `${input.dataset.described} ${said.id}`.trim());
  input.setAttribute("aria-invalid", "true");
  input.before(said);
  input.closest(".field")?.classList.add("field--wrong");
}

for (const form of document.querySelectorAll("form[data-most]")) {
  const most = Number(form.dataset.most);
  const isLarge = (input) => [...input.files].reduce((sum, file) => sum + file.size, 0) > most - BESIDES;
  const look = (input) => {
    clear(input);
    if (isLarge(input)) refuse(input, most);
  };
  form.addEventListener("change", (event) => event.target.type === "file" && look(event.target));
  form.addEventListener("submit", (event) => {
    const large = [...form.querySelectorAll("input[type=file]")].find(isLarge);
    if (!large) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    look(large);
    large.focus();
  }, { capture: true });
}
