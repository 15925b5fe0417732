// The chat page: the question box, and questions with their answers below each other.

import { renderCard, replyOf, showAnswer, showFailure, showFound, showUnderstood, tell } from "./answer.js";
import { ask, getJson } from "./ask.js";
import { refresh } from "./conversations.js";
import { chosenDocuments } from "./documents.js";
import { element } from "./dom.js";
import { withdrawFeedback } from "./feedback.js";
import "./panels.js";
import "./source.js";
import { showSuggestions } from "./suggestions.js";

const ADDRESS = "/conversations/";

const form = document.getElementById("ask");
const box = document.getElementById("question");
const button = form.querySelector("[type=submit]");
const conversation = document.getElementById("conversation");
const welcome = document.getElementById("welcome");
const status = document.getElementById("status");

let conversationId = null;
let addressed = null; // the id of the conversation whose address the page has
let lastTurn = 0; // its number in the conversation; null where it is not known
let shown = location.pathname;
let isBusy = false; // one question at a time, and none before the conversation is there
let pressed = null; // the question that was pressed last meanwhile: it is asked next

function setBusy(busy) {
  isBusy = busy;
  button.setAttribute("aria-disabled", String(busy)); // disabled, it would lose the focus
}

function addTurn(question) {
  welcome.hidden = true;
  const turn = element(
    "article",
    { class: "turn" },
    element("h2", { class: "asked", dir: "auto" }, question),
  );
  conversation.append(turn);
  return turn;
}

/** Ask, and show in the turn what is known so far, in the place of what was known before. */
async function answer(question, turn, asWritten = false) {
  const card = renderCard();
  const given = new AbortController();
  const stop = renderStop(given);
  turn.append(card, stop);
  turn.scrollIntoView({ block: "start" });
  setBusy(true);
  status.textContent = "Looking through the documents";
  try {
    const body = { question, as_written: asWritten, documents: chosenDocuments() };
    if (conversationId) body.conversation_id = conversationId;
    for await (const { name, data } of ask(body, given.signal)) {
      if (name === "understood") {
        conversationId = data.conversation_id;
        showUnderstood(card, data);
      } else if (name === "passages") {
        showFound(card, data);
      } else {
        finish(turn, card, data);
      }
    }
  } catch (error) {
    showFailure(card, error, () => {
      if (isBusy) return;
      card.remove();
      box.focus();
      answer(question, turn, asWritten);
    });
    lastTurn = null; // it may have been kept all the same
    status.textContent = "";
  } finally {
    setBusy(false);
    if (document.activeElement === stop) box.focus();
    stop.remove();
  }
  turn.scrollIntoView({ block: "start" });
  askPressed();
}

function renderStop(given) {
  const stop = element("button", { type: "button", class: "quiet stop" }, "Stop");
  stop.addEventListener("click", () => given.abort());
  return stop;
}

function finish(turn, card, data) {
  const areOthersGone = data.turn !== null && lastTurn !== null && data.turn <= lastTurn;
  showAnswer(card, data);
  if (data.turn !== null) {
    if (lastTurn !== null && data.turn !== lastTurn + 1) card.prepend(renderChanged());
    if (areOthersGone) withdrawEarlier(turn);
    lastTurn = data.turn;
    keep(data);
  }
  status.textContent = tell(data);
  turn.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail: { areOthersGone } }));
  refresh();
}

/** The address is the conversation's from its first kept answer on. */
function keep({ conversation_id: id, question }) {
  if (id === addressed) return;
  addressed = id;
  document.title = question;
  shown = ADDRESS + encodeURIComponent(id);
  history.pushState(null, "", shown);
}

function renderChanged() {
  const reload = element("button", { type: "button", class: "quiet" }, "Reload");
  reload.addEventListener("click", () => location.reload());
  return element("p", { class: "stale changed", role: "alert" }, "This conversation was changed elsewhere. ", reload);
}

/** What is kept under the numbers of the earlier turns is no longer what is shown there. */
function withdrawEarlier(turn) {
  for (const earlier of conversation.querySelectorAll(".turn")) {
    if (earlier !== turn) withdrawFeedback(replyOf(earlier.querySelector(".answer")));
  }
}

async function recall(id) {
  welcome.hidden = true;
  setBusy(true);
  try {
    const { title, replies, feedback } = await getJson(ADDRESS + id);
    document.title = title;
    for (const reply of replies) {
      const card = renderCard();
      showAnswer(card, { ...reply, feedback: feedback[reply.turn] });
      addTurn(reply.question).append(card);
    }
    conversationId = addressed = decodeURIComponent(id);
    lastTurn = replies.at(-1)?.turn ?? 0;
    conversation.lastElementChild?.scrollIntoView({ block: "start" });
  } catch (error) {
    const card = renderCard();
    showFailure(card, error, () => location.reload());
    conversation.replaceChildren(card);
  } finally {
    setBusy(false);
  }
  askPressed();
}

function fitBox() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

function submit(question, asWritten) {
  if (question) answer(question, addTurn(question), asWritten);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (isBusy) return;
  const question = box.value.trim();
  box.value = "";
  fitBox();
  submit(question);
});

box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

box.addEventListener("input", fitBox);

function askPressed() {
  if (!pressed || isBusy) return;
  const { question, asWritten, taken } = pressed;
  pressed = null;
  taken?.();
  box.focus({ preventScroll: true }); // what was pressed may be hidden now
  submit(question, asWritten);
}

// Sent by what offers a question elsewhere on the page.
document.addEventListener("ask", ({ detail }) => {
  pressed = detail;
  askPressed();
});

document.addEventListener("indexed", () => {
  if (!welcome.hidden) showSuggestions();
});

document.addEventListener("renamed", ({ detail }) => {
  if (detail.address === location.pathname) document.title = detail.title;
});

addEventListener("popstate", () => {
  if (location.pathname !== shown) location.reload();
});

if (shown.startsWith(ADDRESS)) {
  recall(shown.slice(ADDRESS.length));
} else {
  showSuggestions();
}
