// An answer as elements: the quote in its sentence, its citations, and what else was found.

import { explained } from "./ask.js";
import { element, marked } from "./dom.js";
import { count } from "./facts.js";
import { feedbackControls } from "./feedback.js";
import { understood } from "./understood.js";

const replies = new WeakMap(); // of answers' elements

/** The reply that an answer's element shows; none where it is still sought. */
export function replyOf(card) {
  return replies.get(card);
}

const DECLINED = JSON.parse(document.getElementById("conversation").dataset.declined);
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const STALE = "The file has changed since this was read from it, or is gone.";
const WORDS = [
  [0.9, "Very likely right"],
  [0.7, "Likely right"],
  [0.5, "More likely right than wrong"],
  [0, "Uncertain"],
];

/** A card that shows of an answer what is known so far. */
export function renderCard() {
  return element("div", { class: "answer" }, waiting("Looking through the documents …"));
}

/** Show what the question is taken for, while its passages are sought. */
export function showUnderstood(card, told) {
  fill(card, understood(told), waiting("Looking through the documents …"));
}

/** Show the passages found, while they are read. */
export function showFound(card, { passages }) {
  fill(
    card,
    waiting("Reading what was found …"),
    fold("Passages found", passages.map((near) => renderPassage(near, [])), true),
  );
}

/** Show an answer, and within how many documents it was sought if not within all. */
export function showAnswer(card, answer) {
  card.classList.toggle("declined", answer.abstained);
  fill(
    card,
    card.querySelector(".understood") ? null : understood(answer),
    askedWithin(answer),
    ...(answer.abstained ? decline(answer) : quote(answer)),
    keywordsOnly(answer),
    notKept(answer),
    answer.reason === "disagreement"
      ? null
      : fold("Other answers", answer.alternatives.map((other) => renderAlternative(other, "li"))),
    fold(
      "Nearest passages",
      answer.passages.map((near) => renderPassage(near, answer.citations)),
      answer.abstained && answer.reason !== "disagreement",
    ),
    feedbackControls(answer),
  );
  replies.set(card, answer);
}

/** Show why there is no answer, and let the question be asked again. */
export function showFailure(card, error, tryAgain) {
  const again = element("button", { type: "button", class: "quiet" }, "Try again");
  again.addEventListener("click", tryAgain);
  card.classList.add("failed");
  fill(card, element("div", { role: "alert" }, explained(error)), element("p", {}, again));
}

/** Replace what a card shows below the line of what was understood, which a person may be editing. */
function fill(card, ...children) {
  const focused = card.contains(document.activeElement) ? document.activeElement : null;
  for (const child of [...card.children]) if (!child.matches(".understood")) child.remove();
  card.append(...children.filter((child) => child !== null));
  if (focused && !focused.isConnected) focusAgain(card, focused.getAttribute("href"));
}

function focusAgain(card, href) {
  const link = [...card.querySelectorAll("a.source")].find((one) => one.getAttribute("href") === href);
  if (link) reveal(link);
  (link ?? card.querySelector("summary"))?.focus({ preventScroll: true });
}

/** Unfold what a link stands in. */
export function reveal(link) {
  const fold = link.closest("details");
  if (fold) fold.open = true;
}

/** An answer in a sentence, for those who hear the page. */
export function tell(answer) {
  const { question, understood_as: meant, abstained, citations } = answer;
  const told = meant === question ? [] : [`Understood as: ${meant}`];
  if (abstained) return [...told, verdict(answer)].join(" ");
  const from = citations.map((cited) => cited.title || cited.path);
  told.push(`${answer.answer}. ${confidence(answer.confidence)}. From ${[...new Set(from)].join(", ")}.`);
  if (citations.some(({ stale }) => stale)) told.push(STALE);
  return told.join(" ");
}

/** What a source is called: its title, and the page. */
function nameOf(place) {
  return `${place.title || place.path}${place.page === null ? "" : `, page ${place.page}`}`;
}

function askedWithin({ documents }) {
  if (!documents.length) return null;
  return element("p", { class: "soft" }, `Asked within ${count(documents.length, "document")}`);
}

function waiting(text) {
  return element("p", { class: "waiting" }, text);
}

function quote(answer) {
  const wholeSentence = answer.citations.every((cited) => cited.quote === cited.sentence);
  const short = wholeSentence ? null : element("p", { class: "short", dir: "auto" }, answer.answer);
  return [short, ...answer.citations.map(renderCitation), renderConfidence(answer.confidence)];
}

function verdict(answer) {
  return DECLINED[answer.reason] ?? "The documents do not answer this.";
}

function decline(answer) {
  const told = element("p", { class: "verdict" }, verdict(answer));
  if (answer.reason === "disagreement") {
    const rivals = answer.alternatives.map((other) => renderAlternative(other, "div"));
    return [told, element("div", { class: "rivals" }, ...rivals)];
  }
  if (!answer.passages.length) return [told];
  return [told, element("p", { class: "soft" }, "What stands nearest to the question is below.")];
}

function confidence(probability) {
  const [, words] = WORDS.find(([least]) => probability >= least);
  return `${words} (${Math.round(probability * 100)}%)`;
}

function renderConfidence(probability) {
  return element("p", { class: "soft" }, confidence(probability));
}

function notKept({ turn }) {
  if (turn !== null) return null;
  return element("p", { class: "stale" }, "This answer could not be kept: it is gone when you leave the page.");
}

function keywordsOnly(answer) {
  if (answer.mode !== "keywords") return null;
  return element("p", { class: "soft" }, "Searched by keywords alone, not by meaning.");
}

function renderCitation(cited) {
  return element(
    "figure",
    { class: "citation" },
    element("blockquote", { cite: cited.url, dir: "auto" }, ...sentence(cited)),
    element("figcaption", {}, sourceLink(cited, cited.url, cited.number), caveat(cited)),
  );
}

function renderAlternative({ answer, citation, confidence: probability }, name) {
  const isList = answer !== citation.quote;
  return element(
    name,
    {},
    element("p", { class: "quoted", dir: "auto" }, ...(isList ? marked(answer, 0, answer.length) : sentence(citation))),
    element("p", {}, sourceLink(citation, citation.url), dated(citation)),
    caveat(citation),
    renderConfidence(probability),
  );
}

function sentence(cited) {
  return marked(cited.sentence, quoteStart(cited), cited.quote.length);
}

function dated({ published, modified_at: modified }) {
  return element("span", { class: "soft" }, published ? `, ${published}` : `, file of ${DAY.format(new Date(modified))}`);
}

function caveat({ stale }) {
  if (!stale) return null;
  return element("p", { class: "stale" }, STALE);
}

function renderPassage(near, citations) {
  const cited = citations.find(
    (one) => one.document_id === near.document_id && near.text.includes(one.sentence),
  );
  const start = cited ? near.text.indexOf(cited.sentence) : -1;
  const ranges = near.source_ranges.map((range) => range.join("-")).join(",");
  const url = `/documents/${encodeURIComponent(near.document_id)}?ranges=${ranges}#first`;
  return element(
    "li",
    {},
    element("p", { class: "quoted", dir: "auto" }, ...marked(near.text, start, cited?.sentence.length ?? 0)),
    element("p", {}, sourceLink(near, url)),
  );
}

function sourceLink(place, url, number = null) {
  const title = place.title || place.path;
  const page = place.page === null ? "" : `, page ${place.page}`;
  const section = place.section.filter((heading) => heading !== title).join(" › ");
  return element(
    "a",
    { href: url, class: "source", "data-name": nameOf(place), "data-source-sha256": place.source_sha256 },
    number === null ? null : element("span", { class: "number" }, String(number)),
    element("span", { class: "title", dir: "auto" }, title),
    page,
    section ? element("span", { class: "section", dir: "auto" }, ` › ${section}`) : null,
  );
}

function fold(summary, items, open = false) {
  if (!items.length) return null;
  const attributes = open ? { open: "" } : {};
  return element(
    "details",
    attributes,
    element("summary", {}, `${summary} (${items.length})`),
    element("ol", {}, ...items),
  );
}

/** Where the quote stands in its sentence: of several places, the one its ranges point to. */
function quoteStart({ sentence, quote: words, sentence_ranges: whole, source_ranges: part }) {
  const expected = whole.reduce(
    (sum, [start, end]) => sum + Math.max(0, Math.min(end, part[0][0]) - start),
    0,
  );
  let best = sentence.indexOf(words);
  for (let at = best; at !== -1; at = sentence.indexOf(words, at + 1)) {
    if (Math.abs(at - expected) < Math.abs(best - expected)) best = at;
  }
  return best;
}
