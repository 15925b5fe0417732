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
