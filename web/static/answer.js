// An answer as elements: the quote in its sentence, its citations, and what else was found.

import { element, marked } from "./dom.js";

const DECLINED = {
  nothing_near: "The documents do not speak of this.",
  not_answered: "The documents come near this, but do not answer it.",
  disagreement: "The documents disagree about this.",
};
const WORDS = [
  [0.9, "Very likely right"],
  [0.7, "Likely right"],
  [0.5, "More likely right than wrong"],
  [0, "Uncertain"],
];

export function renderAnswer(answer) {
  return element(
    "div",
    { class: answer.abstained ? "answer declined" : "answer" },
    understood(answer),
    ...(answer.abstained ? decline(answer) : quote(answer)),
    keywordsOnly(answer),
    fold("Other answers", answer.alternatives.map(renderAlternative)),
    fold("Nearest passages", answer.passages.map((near) => renderPassage(near, answer)), answer.abstained),
  );
}

function understood(answer) {
  if (answer.understood_as === answer.question) return null;
  return element("p", { class: "understood" }, "Understood as: ", answer.understood_as);
}

function quote(answer) {
  const wholeSentence = answer.citations.every((cited) => cited.quote === cited.sentence);
  const short = wholeSentence ? null : element("p", { class: "short", dir: "auto" }, answer.answer);
  return [short, ...answer.citations.map(renderCitation), renderConfidence(answer.confidence)];
}

function decline(answer) {
  const verdict = DECLINED[answer.reason] ?? "The documents do not answer this.";
  const near = answer.passages.length ? "What stands nearest to the question is below." : null;
  return [
    element("p", { class: "verdict" }, verdict),
    near && element("p", { class: "soft" }, near),
  ];
}

function renderConfidence(probability) {
  const [, words] = WORDS.find(([least]) => probability >= least);
  return element("p", { class: "soft" }, `${words} (${Math.round(probability * 100)}%)`);
}

function keywordsOnly(answer) {
  if (answer.mode !== "keywords") return null;
  return element("p", { class: "soft" }, "Searched by keywords alone, not by meaning.");
}

function renderCitation(cited) {
  const quoted = marked(cited.sentence, quoteStart(cited), cited.quote.length);
  return element(
    "figure",
    { class: "citation" },
    element("blockquote", { cite: cited.url, dir: "auto" }, ...quoted),
    element("figcaption", {}, sourceLink(cited, cited.url, cited.number)),
  );
}

function renderAlternative(other) {
  const { citation } = other;
  return element(
    "li",
    {},
    element("p", { class: "quoted", dir: "auto" }, ...marked(citation.sentence, quoteStart(citation), citation.quote.length)),
    element("p", {}, sourceLink(citation, citation.url)),
    renderConfidence(other.confidence),
  );
}

function renderPassage(near, answer) {
  const cited = answer.citations.find(
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
    { href: url, class: "source" },
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
