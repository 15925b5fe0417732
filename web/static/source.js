// The source beside the chat: a citation opens its document here, scrolled to the marked words.

import { replyOf } from "./answer.js";
import { send } from "./ask.js";
import { element } from "./dom.js";
import { offerSelection } from "./feedback.js";
import { cover } from "./panels.js";

const pane = document.getElementById("source");
const view = document.getElementById("source-view");
const place = document.getElementById("source-place");
const ownPage = document.getElementById("source-link");
const steps = pane.querySelectorAll("[data-step]");

let links = []; // those of the answer whose source is open
let current = null;

function open(link) {
  current?.removeAttribute("aria-current");
  current = link;
  links = [...link.closest(".turn").querySelectorAll("a.source")];
  link.setAttribute("aria-current", "true");
  place.textContent = `${links.indexOf(link) + 1} of ${links.length}`;
  pane.hidden = false;
  cover();
  show(link.getAttribute("href"));
}

/** Show a form of a document, at the marked words. */
async function show(url) {
  const from = current;
  ownPage.href = url;
  view.replaceChildren(element("p", { class: "waiting" }, "Opening the source …"));
  view.focus();
  const shown = await fetchSource(url);
  if (current !== from || ownPage.getAttribute("href") !== url) return; // another was opened meanwhile
  view.replaceChildren(...shown);
  view.querySelector("#first")?.scrollIntoView({ block: "center" });
  offerSelection(view, replyOf(current.closest(".answer")));
}

/** What the document's own page shows; the server has escaped the document's text. */
async function fetchSource(url) {
  try {
    const response = await send(url, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return [...document.adoptNode(page.querySelector("main")).childNodes];
  } catch (error) {
    return [element("p", { class: "notice", role: "alert" }, error.message)];
  }
}

function step(by) {
  const next = links[(links.indexOf(current) + by + links.length) % links.length];
  const fold = next.closest("details");
  if (fold) fold.open = true;
  open(next);
}

function close() {
  pane.hidden = true;
  cover();
  view.replaceChildren();
  current.removeAttribute("aria-current");
  current.focus();
}

/** Tell whether a click asks for a tab or a window of its own. */
function opensElsewhere(event) {
  return event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
}

document.getElementById("conversation").addEventListener("click", (event) => {
  const link = event.target.closest("a.source");
  if (!link || opensElsewhere(event)) return;
  event.preventDefault();
  open(link);
});

// Links to another form or part of the document stay in the panel.
view.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-view]");
  if (!link || opensElsewhere(event)) return;
  event.preventDefault();
  show(link.getAttribute("href"));
});

for (const button of steps) {
  button.addEventListener("click", () => step(Number(button.dataset.step)));
}
document.getElementById("source-close").addEventListener("click", close);

pane.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    event.preventDefault();
    close();
  } else if (event.key === "n") {
    step(1);
  } else if (event.key === "p") {
    step(-1);
  }
});
