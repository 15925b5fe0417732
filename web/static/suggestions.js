// Questions to begin with: the server finds them in the background, and tells when it has.

import { getJson } from "./ask.js";
import { element } from "./dom.js";

const PAUSE = 1500; // milliseconds
const TRIES = 40;

/** Fill an element with buttons that ask a suggested question; it stays as it is where none is found. */
export async function showSuggestions(list, ask) {
  const questions = await found().catch(() => []);
  if (!questions.length) return;
  list.replaceChildren(
    element("h3", { id: "suggestions-title" }, "For example"),
    element("ul", { class: "suggestions", "aria-labelledby": "suggestions-title" }, ...questions.map((one) => renderQuestion(one, ask))),
  );
}

async function found() {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const { questions, pending } = await getJson("/questions");
    if (!pending) return questions;
    await new Promise((wake) => setTimeout(wake, PAUSE));
  }
  return [];
}

function renderQuestion({ question, title }, ask) {
  const button = element(
    "button",
    { type: "button", class: "quiet" },
    element("span", { dir: "auto" }, question),
    element("span", { class: "soft", dir: "auto" }, title),
  );
  button.addEventListener("click", () => ask(question));
  return element("li", {}, button);
}
