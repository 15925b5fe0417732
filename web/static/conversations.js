// The list of conversations: searched, renamed, deleted, and written down as Markdown.

import { getJson, send } from "./ask.js";
import { confirming, element } from "./dom.js";

const panel = document.getElementById("conversations");
const list = document.getElementById("conversation-list");
const search = document.getElementById("conversation-search");
const none = document.getElementById("no-conversations");
const confirmation = document.getElementById("delete-conversation");
const status = document.getElementById("status");
const confirmDeletion = confirming(confirmation, "delete", async (address, isHere) => {
  await change(address, "DELETE");
  if (isHere) location.assign("/");
});
const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Fetch the list anew, where it is seen. */
export async function refresh() {
  if (panel.hidden) return;
  const sought = search.value.trim();
  try {
    const { conversations } = await getJson(`/conversations?search=${encodeURIComponent(sought)}`);
    if (sought !== search.value.trim()) return; // searched on meanwhile
    list.replaceChildren(...conversations.map(renderConversation));
    none.hidden = conversations.length > 0;
    none.textContent = sought ? "No conversation holds that." : "Nothing here yet.";
    if (sought) status.textContent = `${conversations.length} conversations found`;
  } catch (error) {
    list.replaceChildren(element("li", { role: "alert" }, error.message));
  }
}

function renderConversation(summary) {
  const address = `/conversations/${encodeURIComponent(summary.id)}`;
  const isHere = location.pathname === address;
  const link = element(
    "a",
    { href: address, dir: "auto", "aria-current": isHere ? "page" : null },
    summary.title,
  );
  const rename = element("button", { type: "button", class: "plain" }, "Rename");
  const forget = element("button", { type: "button", class: "plain" }, "Delete");
  const item = element(
    "li",
    {},
    link,
    element("p", { class: "path" }, TIME.format(new Date(summary.updated_at))),
    element(
      "p",
      { class: "actions", role: "group", "aria-label": summary.title },
      rename,
      element("a", { href: `${address}/export.md`, download: "" }, "Export"),
      forget,
    ),
  );
  rename.addEventListener("click", () => item.replaceWith(renderRenaming(summary, address)));
  forget.addEventListener("click", () => askToDelete(summary, address, isHere));
  return item;
}

function renderRenaming(summary, address) {
  const box = element("input", { type: "text", "aria-label": "Title", maxlength: "200", required: "" });
  box.value = summary.title;
  const form = element("form", { class: "renaming" }, box, element("button", { class: "quiet" }, "Save"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change(address, "PATCH", { title: box.value.trim() });
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    refresh();
  });
  requestAnimationFrame(() => box.select());
  return element("li", {}, form);
}

function askToDelete(summary, address, isHere) {
  confirmation.querySelector("p").textContent = summary.title;
  confirmDeletion(address, isHere);
}

async function change(address, method, body) {
  try {
    const options = { method };
    if (body) {
      options.headers = { "Content-Type": "application/json" };
      options.body = JSON.stringify(body);
    }
    await send(address, options);
    await refresh();
  } catch (error) {
    list.prepend(element("li", { role: "alert" }, error.message));
  }
}

panel.addEventListener("opened", refresh);
search.addEventListener("input", refresh);
search.form.addEventListener("submit", (event) => event.preventDefault());
