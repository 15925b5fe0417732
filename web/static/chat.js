// The chat page: the question box, and questions with their answers below each other.

import { renderAnswer, renderFound, renderUnderstood, tell } from "./answer.js";
import { ask, getJson } from "./ask.js";
import { refresh } from "./conversations.js";
import { chosenDocuments } from "./documents.js";
import { element } from "./dom.js";
import "./panels.js";
import "./source.js";
import { showSuggestions } from "./suggestions.js";

const ADDRESS = "/conversations/";

const form = document.getElementById("ask");
const box = document.getElementById("question");
const button = form.querySelector("button");
const conversation = document.getElementById("conversation");
const welcome = document.getElementById("welcome");
const status = document.getElementById("status");

let conversationId = null;
let shown = location.pathname;

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
  let card = element("p", { class: "waiting" }, "Looking through the documents …");
  const show = (next) => {
    card.replaceWith(next);
    card = next;
  };
  turn.append(card);
  turn.scrollIntoView({ block: "start" });
  button.disabled = true;
  status.textContent = "Looking through the documents";
  try {
    const body = { question, as_written: asWritten, documents: chosenDocuments() };
    if (conversationId) body.conversation_id = conversationId;
    for await (const { name, data } of ask(body)) {
      if (name === "understood") {
        moveTo(data.conversation_id);
        show(renderUnderstood(data));
      } else if (name === "passages") {
        show(renderFound(data));
      } else {
        show(renderAnswer(data));
        status.textContent = tell(data);
        refresh();
      }
    }
  } catch (error) {
    show(renderFailure(error.message, () => {
      card.remove();
      box.focus();
      answer(question, turn, asWritten);
    }));
    status.textContent = "";
  } finally {
    button.disabled = false;
  }
  turn.scrollIntoView({ block: "start" });
}

/** The address is the conversation's from its first question on. */
function moveTo(id) {
  if (id === conversationId) return;
  conversationId = id;
  shown = ADDRESS + encodeURIComponent(id);
  history.pushState(null, "", shown);
}

function renderFailure(message, tryAgain) {
  const again = element("button", { type: "button", class: "quiet" }, "Try again");
  again.addEventListener("click", tryAgain);
  return element("div", { class: "answer failed", role: "alert" }, element("p", {}, message), again);
}

async function recall(id) {
  welcome.hidden = true;
  try {
    const { title, replies, feedback } = await getJson(ADDRESS + id);
    document.title = title;
    for (const reply of replies) addTurn(reply.question).append(renderAnswer({ ...reply, feedback: feedback[reply.turn] }));
    conversationId = decodeURIComponent(id);
    conversation.lastElementChild?.scrollIntoView({ block: "start" });
  } catch (error) {
    conversation.replaceChildren(renderFailure(error.message, () => location.reload()));
  }
}

function fitBox() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

function submit(question, asWritten = false) {
  if (!question || button.disabled) return;
  answer(question, addTurn(question), asWritten);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = box.value.trim();
  if (button.disabled) return;
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

// Sent by what offers a question elsewhere on the page.
document.addEventListener("ask", ({ detail }) => submit(detail.question, detail.asWritten));

addEventListener("popstate", () => {
  if (location.pathname !== shown) location.reload();
});

if (shown.startsWith(ADDRESS)) {
  recall(shown.slice(ADDRESS.length));
} else {
  showSuggestions(document.getElementById("suggestions"), submit);
}
