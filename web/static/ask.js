// Talking to the server.

import { element } from "./dom.js";

/** What went wrong, in words for a person; with the status where the server refused. */
export class AskError extends Error {
  constructor(message, status = null) {
    super(status === 401 ? SIGNED_OUT : message);
    this.status = status;
  }
}

const SIGNED_OUT = "You are signed out.";
const UNREACHABLE = "The assistant cannot be reached. Check that it is still running, then try again.";
const STOPPED = "The assistant stopped in the middle of the answer. Check that it is still running, then try again.";

const GIVEN_UP = "You stopped this question.";

/** Ask a question until it is given up; yields the name and the data of each event, the last is "answer". */
export async function* ask(body, signal) {
  const response = await send("/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal,
  });
  for await (const event of events(response.body, signal)) {
    if (event.name === "error") throw new AskError(event.data.error.message);
    yield event;
    if (event.name === "answer") return; // not once the connection is closed, which can take a moment longer
  }
  throw new AskError(STOPPED);
}

/** Fetch; what is refused or cannot be sent is an AskError that says so to a person. */
export async function send(url, options = {}) {
  let response;
  try {
    response = await fetch(url, options);
  } catch {
    throw new AskError(options.signal?.aborted ? GIVEN_UP : UNREACHABLE);
  }
  if (!response.ok) {
    const message = messageIn(await response.text().catch(() => ""));
    throw new AskError(message ?? refused(response.status), response.status);
  }
  return response;
}

export function refused(status) {
  return `The server answered with status ${status}.`;
}

/** What the server says of an error, in JSON or on a page. */
function messageIn(reply) {
  try {
    return JSON.parse(reply).error.message;
  } catch {
    const page = new DOMParser().parseFromString(reply, "text/html");
    return page.querySelector("main p")?.textContent ?? null;
  }
}

/** An error as it is shown: who is signed out is shown where to sign in, without leaving the page. */
export function explained({ message, status }) {
  if (status !== 401) return element("p", {}, message);
  const link = element("a", { href: "/", target: "_blank" }, "Sign in in another tab");
  return element("p", {}, `${message} `, link, ", then try again.");
}

export async function getJson(url) {
  return (await send(url, { headers: { Accept: "application/json" } })).json();
}

async function* events(body, signal) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let written = "";
  for (;;) {
    let part;
    try {
      part = await reader.read();
    } catch {
      throw new AskError(signal.aborted ? GIVEN_UP : STOPPED);
    }
    if (part.done) return;
    const whole = (written + part.value).split("\n\n");
    written = whole.pop();
    for (const event of whole) {
      const [name, data] = event.split("\n");
      yield { name: name.slice("event: ".length), data: JSON.parse(data.slice("data: ".length)) };
    }
  }
}
