// The source beside the chat: a citation opens its document here, scrolled to the marked words.

import { replyOf, reveal } from "./answer.js";
import { explained, send } from "./ask.js";
import { element } from "./dom.js";
import { offerSelection } from "./feedback.js";
import { arrange } from "./panels.js";

const pane = document.getElementById("source");
const bar = pane.querySelector(".bar");
const view = document.getElementById("source-view");
const steps = pane.querySelector(".steps");
const place = document.getElementById("source-place");
const ownPage = document.getElementById("source-link");
const status = document.getElementById("status");

let turn = null; // whose source is open; none where it was opened from the list of documents
let current = null; // the link that opened it: an answer that comes in puts another in its place

function open(link) {
  current?.removeAttribute("aria-current");
  current = link;
  turn = link.closest(".turn");
  pane.hidden = false;
  arrange();
  showPlace();
  show(link.getAttribute("href"));
}

/** The sources of the answer whose source is open. */
function links() {
  return turn ? [...turn.querySelectorAll("a.source")] : [];
}

/** The link that opened the source, or where it is gone, one that leads to the same place. */
function opener() {
  if (current.isConnected) return current;
  const all = turn ? links() : [...document.querySelectorAll("#document-list a")];
  return all.find((link) => link.getAttribute("href") === current.getAttribute("href")) ?? null;
}

function showPlace() {
  current = opener() ?? current;
  current.setAttribute("aria-current", "true");
  const all = links();
  steps.hidden = !all.includes(current);
  place.textContent = steps.hidden ? "" : `Source ${all.indexOf(current) + 1} of ${all.length}`;
}

/** Show a form of a document, at the marked words. */
async function show(url) {
  const from = current;
  ownPage.href = url;
  view.replaceChildren(element("p", { class: "waiting" }, "Opening the source …"));
  if (!bar.contains(document.activeElement)) view.focus();
  const shown = await fetchSource(url, from.dataset.sourceSha256);
  if (current.getAttribute("href") !== from.getAttribute("href")) return; // another was opened meanwhile
  if (pane.hidden || ownPage.getAttribute("href") !== url) return;
  if (shown.isAnother) ownPage.href = unmarked(url);
  view.replaceChildren(...shown.nodes);
  view.querySelector("#first")?.scrollIntoView({ block: "center" });
  offer();
}

function offer() {
  offerSelection(view, turn ? replyOf(turn.querySelector(".answer")) : undefined);
}

/** What the document's own page shows, without marks where it is not the text that was cited. */
async function fetchSource(url, sha256) {
  try {
    const main = await fetchMain(url).catch((error) => {
      if (error.status === 400 && sha256) return null; // it may have become too short for what was cited
      throw error;
    });
    if (main && (!sha256 || sha256 === main.querySelector("[data-source-sha256]").dataset.sourceSha256)) {
      return { nodes: [...main.childNodes] };
    }
    const told = element(
      "p",
      { class: "notice", role: "status" },
      "This document has been read anew since this answer: the words that it quotes may stand elsewhere, or be gone.",
    );
    return { nodes: [told, ...(await fetchMain(unmarked(url))).childNodes], isAnother: true };
  } catch (error) {
    return { nodes: [element("div", { class: "notice", role: "alert" }, explained(error))] };
  }
}

function unmarked(url) {
  const { pathname, searchParams } = new URL(url, location);
  searchParams.delete("ranges");
  return searchParams.size ? `${pathname}?${searchParams}` : pathname;
}

/** The server has escaped the document's text. */
async function fetchMain(url) {
  const response = await send(url, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return document.adoptNode(page.querySelector("main"));
}

function step(by) {
  const all = links();
  if (steps.hidden || !all.length) return;
  const next = all[(all.indexOf(opener()) + by + all.length) % all.length];
  reveal(next);
  open(next);
  status.textContent = `${place.textContent}: ${next.dataset.name}`;
}

/** Close the source, and go back to what opened it. */
function close() {
  leave();
  const link = opener();
  if (link) reveal(link);
  (link?.checkVisibility() ? link : document.getElementById("question")).focus();
}

function leave() {
  pane.hidden = true;
  arrange();
  view.replaceChildren();
  opener()?.removeAttribute("aria-current");
}

/** Tell whether a click asks for a tab or a window of its own. */
function opensElsewhere(event) {
  return event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
}

function opens(root, selector, act) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest(selector);
    if (!link || opensElsewhere(event)) return;
    event.preventDefault();
    act(link);
  });
}

opens(document.getElementById("conversation"), "a.source", open);
opens(document.getElementById("document-list"), "a", open);
// Links to another form or part of the document stay in the panel.
opens(view, "a[data-view]", (link) => show(link.getAttribute("href")));

for (const button of steps.querySelectorAll("button")) {
  button.addEventListener("click", () => step(Number(button.dataset.step)));
}
document.getElementById("source-close").addEventListener("click", close);
pane.addEventListener("covered", leave);

// Sent by a turn whose answer has come, and tells whether earlier ones can no longer be judged.
document.addEventListener("answered", ({ target, detail }) => {
  if (pane.hidden) return;
  if (target === turn) showPlace();
  if (target === turn || detail.areOthersGone) offer();
});

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
