// What a person says of an answer: right, wrong, or where in the source the right one stands.

import { explained, send } from "./ask.js";
import { element } from "./dom.js";
import { selectedRange } from "./selection.js";

const THANKS = {
  right: "Thank you — kept as right.",
  wrong:
    "Thank you — kept as wrong. Select the answer in the source and press “The answer is here”, " +
    "if you find it (F7 lets the keyboard select).",
};

const controlsOf = new WeakMap(); // of replies
let offered = new AbortController();

/** Buttons to judge an answer by, for the end of its card; none where its turn is not kept. */
export function feedbackControls(reply) {
  if (reply.turn === null) return null;
  const [right, wrong] = labels(reply);
  const buttons = [verdictButton("right", right), verdictButton("wrong", wrong)];
  const controls = element(
    "div",
    { class: "feedback", role: "group", "aria-label": `Is this right? ${reply.question}` },
    ...buttons,
    element("p", { class: "soft", role: "status" }),
  );
  for (const button of buttons) {
    button.addEventListener("click", async () => {
      const isTakenBack = button.getAttribute("aria-pressed") === "true";
      await judge(reply, isTakenBack ? null : { verdict: button.dataset.verdict });
      controls.lastElementChild.scrollIntoView({ block: "nearest" });
    });
  }
  controlsOf.set(reply, controls);
  press(controls, reply.feedback);
  return controls;
}

/**
 * Offer to take what is selected in the source as the answer to a question.
 *
 * The panel holds an element with data-document; without a reply nothing is offered any more.
 */
export function offerSelection(panel, reply) {
  offered.abort();
  offered = new AbortController();
  panel.parentElement.querySelector(".offer")?.remove();
  if (!controlsOf.has(reply)) return;
  const button = element("button", { type: "button" }, "The answer is here");
  button.hidden = !selectedRange(panel);
  const note = element("p", { role: "status", tabindex: "-1" });
  const offer = element("div", { class: "offer" }, note, button);
  panel.after(offer);
  document.addEventListener("selectionchange", () => {
    button.hidden = !selectedRange(panel);
    if (getSelection().rangeCount) note.replaceChildren();
  }, offered);
  // Not every browser keeps a selection when a button is pressed.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => answerHere(panel, reply, note));
}

/** Take back the controls of a reply whose turn is no longer kept. */
export function withdrawFeedback(reply) {
  controlsOf.get(reply)?.remove();
  controlsOf.delete(reply);
}

async function answerHere(panel, reply, note) {
  const { start, end } = selectedRange(panel);
  const { document: id } = panel.querySelector("[data-document]").dataset;
  const judgement = { verdict: "here", document_id: id, source_ranges: [[start, end]] };
  if (!(await judge(reply, judgement, [note]))) return;
  note.focus({ preventScroll: true });
  getSelection().removeAllRanges();
}

/** Keep a judgement, or with null take back the one before; say how it went on the card and in notes. */
async function judge(reply, judgement, notes = []) {
  const controls = controlsOf.get(reply);
  let kept = null;
  let told;
  try {
    kept = await keep(reply, judgement);
    press(controls, judgement?.verdict);
    told = () => thanks(kept);
  } catch (error) {
    told = () => [...explained(error).childNodes];
  }
  for (const note of [controls.querySelector("[role=status]"), ...notes]) note.replaceChildren(...told());
  return kept;
}

async function keep({ conversation_id: conversation, turn }, judgement) {
  const url = `/conversations/${encodeURIComponent(conversation)}/turns/${turn}/feedback`;
  if (!judgement) {
    await send(url, { method: "DELETE" });
    return {};
  }
  const response = await send(url, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(judgement),
  });
  return response.json();
}

function thanks({ verdict, quote }) {
  if (quote) return ["Thank you — kept as the answer: “", element("bdi", {}, quote), "”."];
  return [THANKS[verdict] ?? "Taken back."];
}

function labels({ abstained, reason }) {
  if (!abstained) return ["Right", "Wrong"];
  if (reason === "disagreement") return ["Right, they disagree", "Wrong, they don't"];
  return ["Right, it isn't there", "It is there"];
}

function verdictButton(verdict, label) {
  return element("button", { type: "button", class: "quiet", "data-verdict": verdict }, label);
}

/** Who shows where the answer is has called the one that was given wrong. */
function press(controls, verdict) {
  const pressed = verdict === "here" ? "wrong" : verdict;
  for (const button of controls.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.verdict === pressed));
  }
}
