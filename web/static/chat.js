// The chat page: the question box, and questions with their answers below each other.

import { renderAnswer } from "./answer.js";
import { ask } from "./ask.js";
import { forget, recall, remember } from "./conversation.js";
import { element } from "./dom.js";

const form = document.getElementById("ask");
const box = document.getElementById("question");
const button = form.querySelector("button");
const conversation = document.getElementById("conversation");
const welcome = document.getElementById("welcome");
const startAgain = document.getElementById("new");

let conversationId = recall().id;

function addTurn(question) {
  welcome.hidden = true;
  startAgain.hidden = false;
  const turn = element(
    "article",
    { class: "turn" },
    element("h2", { class: "asked", dir: "auto" }, question),
  );
  conversation.append(turn);
  return turn;
}

async function answer(question, turn) {
  const waiting = element("p", { class: "waiting" }, "Looking through the documents …");
  turn.append(waiting);
  turn.scrollIntoView({ block: "start" });
  button.disabled = true;
  try {
    const reply = await ask(question, conversationId);
    conversationId = reply.conversation_id;
    remember(reply);
    waiting.replaceWith(renderAnswer(reply));
  } catch (error) {
    waiting.replaceWith(renderFailure(error.message, question, turn));
  } finally {
    button.disabled = false;
  }
  turn.scrollIntoView({ block: "start" });
}

function renderFailure(message, question, turn) {
  const again = element("button", { type: "button", class: "quiet" }, "Try again");
  const failure = element("div", { class: "answer failed", role: "alert" }, element("p", {}, message), again);
  again.addEventListener("click", () => {
    failure.remove();
    box.focus();
    answer(question, turn);
  });
  return failure;
}

function fitBox() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = box.value.trim();
  if (!question || button.disabled) return;
  box.value = "";
  fitBox();
  answer(question, addTurn(question));
});

box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

box.addEventListener("input", fitBox);

startAgain.addEventListener("click", () => {
  forget();
  conversationId = null;
  conversation.replaceChildren();
  welcome.hidden = false;
  startAgain.hidden = true;
  box.focus();
});

for (const past of recall().answers) addTurn(past.question).append(renderAnswer(past));
const [{ type: arrival }] = performance.getEntriesByType("navigation");
if (arrival === "navigate") conversation.lastElementChild?.scrollIntoView();
