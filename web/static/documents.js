// The documents panel: what is indexed, what of it is asked, what is added and removed.

import { explained, getJson, send } from "./ask.js";
import { confirming, element } from "./dom.js";
import { takeDropped } from "./dropping.js";
import { count, renderFacts } from "./facts.js";
import { inTurn, sendFiles } from "./uploads.js";

const LISTED = 200; // at once: the rest is found by the filter
const FILTERED = 8; // documents from which on there is a filter

const panel = document.getElementById("documents");
const opener = document.querySelector("[aria-controls=documents]");
const input = document.getElementById("upload");
const filter = document.getElementById("document-filter");
const list = document.getElementById("document-list");
const none = document.getElementById("no-documents");
const confirmation = document.getElementById("remove-document");
const confirmRemoval = confirming(confirmation, "remove", remove);
const status = document.getElementById("status");
const welcome = document.getElementById("welcome");
const scopes = document.querySelectorAll(".scope");

let documents = [];
const chosen = new Set(); // ids
const leaving = new Set(); // ids of what is being removed
const failures = new Map(); // why a removal failed, by id

/** The ids of the documents to ask within; none stands for all. */
export function chosenDocuments() {
  return [...chosen];
}

async function refresh() {
  try {
    ({ documents } = await getJson("/documents"));
    documents.sort(byAddition);
  } catch (error) {
    none.hidden = false;
    none.replaceChildren(...explained(error).childNodes);
    return;
  }
  const known = new Set(documents.map(({ id }) => id));
  for (const id of chosen) if (!known.has(id)) chosen.delete(id);
  showFilter();
  welcomeTo(documents.length);
  show();
  showScope();
}

/** There is a filter for many documents, and as long as one is written in it. */
function showFilter() {
  filter.form.hidden = documents.length < FILTERED && filter.value === "";
}

function welcomeTo(total) {
  welcome.querySelector(".when-filled").hidden = total === 0;
  welcome.querySelector(".when-empty").hidden = total > 0;
  welcome.querySelector(".total").textContent = count(total, "document");
}

/** What was added here comes first, the latest foremost; the rest keeps its order by path. */
function byAddition(one, other) {
  if (!one.uploaded || !other.uploaded) return other.uploaded - one.uploaded;
  return new Date(other.indexed_at) - new Date(one.indexed_at);
}

function show() {
  const focused = list.contains(document.activeElement) ? document.activeElement.id : null;
  const sought = filter.value.toLowerCase().split(/\s+/);
  const found = documents.filter(({ title, path }) => {
    const names = `${title} ${path}`.toLowerCase();
    return sought.every((word) => names.includes(word));
  });
  const rest = found.length - LISTED;
  list.replaceChildren(...found.slice(0, LISTED).map(renderDocument));
  if (rest > 0) list.append(element("li", { class: "soft" }, `and ${rest} more: filter to see them`));
  none.hidden = found.length > 0;
  none.textContent = documents.length ? "No document has such a name." : "Nothing here yet.";
  if (focused) (document.getElementById(focused) ?? input).focus();
  return found.length;
}

function renderDocument(found) {
  const name = found.title || found.path;
  const box = element("input", { type: "checkbox", id: `choose-${found.id}`, "aria-label": `Ask within ${name}` });
  const remove = element(
    "button",
    { type: "button", class: "plain", id: `remove-${found.id}`, "aria-label": `Remove ${name}` },
    leaving.has(found.id) ? "Removing …" : "Remove",
  );
  const failure = failures.get(found.id);
  box.checked = chosen.has(found.id);
  box.addEventListener("change", () => choose(found.id, box.checked));
  remove.addEventListener("click", () => askToRemove(found, name));
  const address = `/documents/${encodeURIComponent(found.id)}`;
  return element(
    "li",
    { class: "document" },
    box,
    element("a", { href: address, id: `open-${found.id}`, dir: "auto" }, name),
    found.title ? element("p", { class: "path", dir: "auto" }, found.path) : null,
    renderFacts(found),
    renderStale(found),
    remove,
    failure ? element("div", { role: "alert" }, explained(failure)) : null,
  );
}

function renderStale({ stale, uploaded }) {
  if (!stale) return null;
  const remedy = uploaded ? "add it again" : "run “assistant index” on its folder again";
  return element("p", { class: "stale" }, element("strong", {}, "Stale: "), `its file has changed since, or is gone; ${remedy}.`);
}

function choose(id, isChosen) {
  if (isChosen) chosen.add(id);
  else chosen.delete(id);
  showScope();
  status.textContent = scope();
}

function scope() {
  const within = chosen.size ? `${chosen.size} of ` : "all ";
  return `Asking within ${within}${count(documents.length, "document")}`;
}

function showScope() {
  for (const place of scopes) {
    const all = element("button", { type: "button", class: "plain" }, "Ask all");
    all.addEventListener("click", () => askAll(place));
    place.replaceChildren(scope(), all);
    place.hidden = chosen.size === 0;
  }
}

function askAll(place) {
  chosen.clear();
  show();
  showScope();
  status.textContent = scope();
  (panel.contains(place) ? list.querySelector("input") : document.getElementById("question")).focus();
}

function askToRemove(found, name) {
  if (leaving.has(found.id)) return;
  confirmation.querySelector("span").textContent = name;
  document.getElementById("remove-fate").textContent = found.uploaded
    ? `The file ${found.path} is deleted: it was added here, and this is the only copy the assistant has.`
    : `The file ${found.path} stays where it is. It is left out until “assistant index” names it.`;
  confirmRemoval(found, name);
}

async function remove({ id }, name) {
  leaving.add(id);
  failures.delete(id);
  show();
  try {
    await inTurn(() => send(`/documents/${encodeURIComponent(id)}`, { method: "DELETE" }));
    status.textContent = `${name} was removed`;
    documents = documents.filter((other) => other.id !== id);
  } catch (error) {
    failures.set(id, error);
  }
  leaving.delete(id);
  show();
  await refresh();
}

function add(files) {
  if (panel.hidden) opener.click();
  sendFiles(files, async (indexed, replaced) => {
    await refresh();
    document.dispatchEvent(new Event("indexed"));
    const fate = replaced ? "replaced the earlier version" : "was added";
    status.textContent = `${indexed.title || indexed.path} ${fate}: ${count(indexed.passages, "passage")}`;
  });
}

panel.addEventListener("opened", refresh);
input.addEventListener("change", () => {
  add([...input.files]);
  input.value = ""; // so that the same file can be chosen again
});
filter.addEventListener("input", () => {
  showFilter();
  status.textContent = `${count(show(), "document")} found`;
});
filter.form.addEventListener("submit", (event) => event.preventDefault());
takeDropped(add);
