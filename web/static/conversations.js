// The list of conversations: searched, renamed, deleted, and written down as Markdown.

import { explained, getJson, send } from "./ask.js";
import { confirming, element, inPlace } from "./dom.js";
import { count } from "./facts.js";

const panel = document.getElementById("conversations");
const list = document.getElementById("conversation-list");
const search = document.getElementById("conversation-search");
const none = document.getElementById("no-conversations");
const confirmation = document.getElementById("delete-conversation");
const status = document.getElementById("status");
const confirmDeletion = confirming(confirmation, "delete", async (address) => {
  if (!(await change(address, "DELETE"))) return;
  if (location.pathname === address) location.assign("/");
  else refresh();
});
const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Fetch the list anew, where it is seen, and no title in it is being written. */
export async function refresh() {
  if (panel.hidden) return;
  const sought = search.value.trim();
  let found = [];
  let failure = null;
  try {
    ({ conversations: found } = await getJson(`/conversations?search=${encodeURIComponent(sought)}`));
  } catch (error) {
    failure = renderFailure(error);
  }
  if (sought !== search.value.trim() || list.querySelector("form")) return; // searched on, or renaming
  show(failure ? [failure] : found.map(renderConversation));
  none.hidden = failure !== null || found.length > 0;
  none.textContent = sought ? "No conversation holds that." : "Nothing here yet.";
  if (sought && !failure) status.textContent = `${count(found.length, "conversation")} found`;
}

function show(items) {
  const focused = list.contains(document.activeElement) ? document.activeElement.id : null;
  list.replaceChildren(...items);
  if (focused !== null) (document.getElementById(focused) ?? search).focus();
}

function renderFailure(error) {
  return element("li", { role: "alert" }, explained(error));
}

function renderConversation(summary) {
  const address = `/conversations/${encodeURIComponent(summary.id)}`;
  const isHere = location.pathname === address;
  const link = element(
    "a",
    { href: address, id: `open-${summary.id}`, dir: "auto", "aria-current": isHere ? "page" : null },
    summary.title,
  );
  const rename = element("button", { type: "button", class: "plain", id: `rename-${summary.id}` }, "Rename");
  const forget = element("button", { type: "button", class: "plain", id: `delete-${summary.id}` }, "Delete");
  const item = element(
    "li",
    {},
    link,
    element("p", { class: "path" }, TIME.format(new Date(summary.updated_at))),
    element(
      "p",
      { class: "actions", role: "group", "aria-label": summary.title },
      rename,
      element("a", { href: `${address}/export.md`, id: `export-${summary.id}`, download: "" }, "Export"),
      forget,
    ),
  );
  rename.addEventListener("click", () => startRenaming(summary, address, item));
  forget.addEventListener("click", () => {
    confirmation.querySelector("p").textContent = summary.title;
    confirmDeletion(address);
  });
  return item;
}

function startRenaming(summary, address, item) {
  const box = element("input", { type: "text", "aria-label": "Title", maxlength: "200", required: "" });
  box.value = summary.title;
  const renaming = element("li", {}, inPlace(box, "Save", stop));
  function stop() {
    renaming.replaceWith(item);
    document.getElementById(`rename-${summary.id}`).focus();
    refresh();
  }
  renaming.addEventListener("submit", async (event) => {
    event.preventDefault();
    const title = box.value.trim();
    if (!title || !(await change(address, "PATCH", { title }))) return;
    document.dispatchEvent(new CustomEvent("renamed", { detail: { address, title } }));
    stop();
  });
  item.replaceWith(renaming);
  box.select();
}

/** Change a conversation; tells whether that went well, else the list says why not. */
async function change(address, method, body) {
  const options = { method };
  if (body) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  list.querySelector("[role=alert]")?.remove();
  try {
    await send(address, options);
    return true;
  } catch (error) {
    list.prepend(renderFailure(error));
    return false;
  }
}

panel.addEventListener("opened", refresh);
search.addEventListener("input", () => {
  list.querySelector("form")?.closest("li").remove(); // who searches on no longer renames
  refresh();
});
search.form.addEventListener("submit", (event) => event.preventDefault());
