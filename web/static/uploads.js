// Sending files, one after the other because an index takes one writer, each with its progress.

import { AskError, explained, refused } from "./ask.js";
import { element } from "./dom.js";

const MEBIBYTE = 2 ** 20;
const UNSENT = "It could not be sent. Check that it is a file, not a folder, and that the assistant is running.";

const rows = document.getElementById("uploads");
const input = document.getElementById("upload");
const status = document.getElementById("status");
const largest = Number(input.dataset.largest);

let last = Promise.resolve();
let unfinished = 0;

/** Begin what writes to the index when all that was begun before is over. */
export function inTurn(task) {
  unfinished += 1;
  last = last.then(task, task).finally(() => {
    unfinished -= 1;
  });
  return last;
}

// Leaving the page would silently give up what has not been sent.
addEventListener("beforeunload", (event) => {
  if (unfinished) event.preventDefault();
});

/** Send files; each that was indexed is handed on with whether it replaced an earlier one. */
export function sendFiles(files, added) {
  for (const file of files) begin(file, added);
  rows.scrollIntoView({ block: "nearest" });
}

async function begin(file, added, failed = null) {
  const progress = element("progress", { max: "1", value: "0", "aria-label": file.name });
  const state = element("span", { class: "soft" }, "Waiting …");
  const cancel = element("button", { type: "button", class: "plain", "aria-label": `Cancel ${file.name}` }, "Cancel");
  const row = element("li", { tabindex: "-1" }, nameOf(file), progress, state, cancel);
  cancel.addEventListener("click", () => drop(row));
  if (failed) failed.replaceWith(row);
  else rows.append(row);
  if (failed) row.focus();
  try {
    const sent = await inTurn(() => {
      if (!row.isConnected) return null;
      if (document.activeElement === cancel) row.focus();
      cancel.remove();
      return post(file, (share) => show(share, progress, state));
    });
    if (!sent) return;
    row.remove();
    await added(sent.indexed, sent.replaced);
  } catch (error) {
    const reason = error.message.replace(`${file.name}: `, "");
    status.textContent = `${file.name} was not added: ${reason}`;
    row.replaceWith(renderFailure(file, error.status === 401 ? explained(error) : element("p", {}, reason), added));
  }
}

function show(share, progress, state) {
  if (share < 1) {
    progress.value = share;
    state.textContent = `${Math.round(100 * share)}% sent`;
  } else {
    progress.removeAttribute("value"); // how long reading takes is not known
    state.textContent = "Reading …";
  }
}

function renderFailure(file, reason, added) {
  const again = element("button", { type: "button", class: "plain" }, "Try again");
  const dismiss = element("button", { type: "button", class: "plain" }, "Dismiss");
  const row = element(
    "li",
    { class: "failed" },
    nameOf(file),
    reason,
    element("p", { class: "actions", role: "group", "aria-label": file.name }, again, dismiss),
  );
  again.addEventListener("click", () => begin(file, added, row));
  dismiss.addEventListener("click", () => drop(row));
  return row;
}

function drop(row) {
  row.remove();
  input.focus();
}

function nameOf(file) {
  return element("span", { class: "name", dir: "auto" }, file.name);
}

/** Post a file; fetch would not tell how much of it has been sent. */
function post(file, tell) {
  if (file.size > largest) throw new AskError(oversized(file.size));
  const body = new FormData();
  body.append("file", file);
  const request = new XMLHttpRequest();
  request.open("POST", "/documents");
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded, total }) => tell(loaded / total));
  return new Promise((resolve, reject) => {
    request.addEventListener("load", () => {
      const { status: code, response } = request;
      if (code === 200 || code === 201) resolve({ replaced: code === 200, indexed: response });
      else reject(new AskError(response?.error?.message ?? refused(code), code));
    });
    request.addEventListener("error", () => reject(new AskError(UNSENT)));
    request.send(body);
  });
}

function oversized(size) {
  return `It has ${(size / MEBIBYTE).toFixed(1)} MiB, over the limit of ${+(largest / MEBIBYTE).toFixed(3)} MiB.`;
}
