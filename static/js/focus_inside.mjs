// A fold that is opened to write something: <details data-focus-inside>. The first field is ready at once.
document.addEventListener("toggle", (event) => {
  const fold = event.target;
  if (fold.matches?.("details[data-focus-inside]") && fold.open) fold.querySelector("textarea, input")?.focus();
}, true);
