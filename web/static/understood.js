// What a question was taken for: one press edits it, or asks the question as it was written.

import { element, inPlace } from "./dom.js";

/** The line that says what was understood; none where that is what was asked. */
export function understood({ question, understood_as: meant }) {
  if (meant === question) return null;
  const edit = element("button", { type: "button", class: "plain" }, "Edit");
  const asWritten = element("button", { type: "button", class: "plain" }, "Ask as written");
  const line = element(
    "p",
    { class: "understood" },
    element("span", {}, "Understood as: ", element("bdi", {}, meant)),
    element("span", { class: "actions" }, edit, asWritten),
  );
  asWritten.addEventListener("click", () => line.dispatchEvent(asking(question)));
  edit.addEventListener("click", () => {
    const form = renderEditing(meant, () => {
      form.replaceWith(line);
      edit.focus();
    });
    line.replaceWith(form);
    form.elements[0].focus();
  });
  return line;
}

function renderEditing(meant, close) {
  const box = element("input", { type: "text", "aria-label": "The question as meant", maxlength: "2000", required: "" });
  const form = inPlace(box, "Ask", close);
  box.value = meant;
  form.classList.add("understood");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = box.value.trim();
    if (!question) return;
    form.dispatchEvent(asking(question, close));
  });
  return form;
}

/** A question to be asked by itself, whatever was asked before; `taken` is called when it is. */
function asking(question, taken) {
  return new CustomEvent("ask", { bubbles: true, detail: { question, asWritten: true, taken } });
}
