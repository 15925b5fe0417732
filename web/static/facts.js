// What is told of a document: its kind, its size, how well it was read, and when.

import { element } from "./dom.js";

const KINDS = {
  "text/plain": "Text",
  "text/markdown": "Markdown",
  "text/html": "HTML",
  "text/csv": "Table",
  "application/pdf": "PDF",
  "application/epub+zip": "EPUB",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
};
const QUALITIES = [
  [0.95, "read well"],
  [0.85, "read with some gaps"],
  [0, "read poorly"],
];
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });

export function renderFacts(found) {
  const [, quality] = QUALITIES.find(([least]) => found.quality >= least);
  const facts = [
    KINDS[found.media_type] ?? found.media_type,
    found.pages ? count(found.pages, "page") : null,
    count(found.passages, "passage"),
    quality,
  ];
  return element("p", { class: "path" }, `${facts.filter(Boolean).join(" · ")} · indexed `, since(found.indexed_at));
}

export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function since(written) {
  const then = new Date(written);
  return element("time", { datetime: written, title: EXACT.format(then) }, ago((Date.now() - then) / 1000));
}

function ago(seconds) {
  const [unit, length] = UNITS.find(([, most]) => seconds >= most) ?? [];
  return unit ? RELATIVE.format(-Math.floor(seconds / length), unit) : "just now";
}
