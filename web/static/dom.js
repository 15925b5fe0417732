// Building elements. Text becomes text nodes only: what a document holds is never read as markup.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== null) made.setAttribute(attribute, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The text with the stretch [start, start + length) inside a <mark>. */
export function marked(text, start, length) {
  if (start < 0) return [text];
  const end = start + length;
  return [text.slice(0, start), element("mark", {}, text.slice(start, end)), text.slice(end)];
}

/** A form that stands in the place of what it changes: a box, a button for each end, Escape for the second. */
export function inPlace(box, action, cancel) {
  const no = element("button", { type: "button", class: "plain" }, "Cancel");
  const form = element("form", { class: "in-place" }, box, element("button", { class: "quiet" }, action), no);
  no.addEventListener("click", cancel);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    cancel();
  });
  return form;
}

/** How to open a dialog that asks before `act`: what opening it is given, `act` gets when the answer is that. */
export function confirming(dialog, answer, act) {
  let asked;
  // Added once, not at each opening: a close is told late, and may be told after the next opening.
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === answer) act(...asked);
  });
  return (...about) => {
    asked = about;
    dialog.returnValue = "";
    dialog.showModal();
  };
}
