// Questions to begin with: the server finds them in the background, and tells when it has.

import { getJson } from "./ask.js";
import { element } from "./dom.js";

const PAUSE = 1500; // milliseconds
const TRIES = 40;

const list = document.getElementById("suggestions");

let isLooking = false;

/** Offer buttons that ask a suggested question, unless there are some; without any the page stays as it is. */
export async function showSuggestions() {
  if (isLooking || list.children.length) return;
  isLooking = true;
  const questions = await found().catch(() => []);
  isLooking = false;
  if (!questions.length) return;
  list.replaceChildren(
    element("h3", { id: "suggestions-title" }, "For example"),
    element("ul", { class: "suggestions", "aria-labelledby": "suggestions-title" }, ...questions.map(renderQuestion)),
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

function renderQuestion({ question, title }) {
  const button = element(
    "button",
    { type: "button", class: "quiet" },
    element("span", { dir: "auto" }, question),
    element("span", { class: "soft", dir: "auto" }, title),
  );
  button.addEventListener("click", () => {
    button.dispatchEvent(new CustomEvent("ask", { bubbles: true, detail: { question } }));
  });
  return element("li", {}, button);
}
