// Talking to the server.

export class AskError extends Error {}

const UNREACHABLE = "The assistant cannot be reached. Check that it is still running, then try again.";
const STOPPED = "The assistant stopped in the middle of the answer. Check that it is still running, then try again.";

/** Ask a question; yields the name and the data of each event, the last is "answer". */
export async function* ask(body) {
  const response = await send("/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify(body),
  });
  let name = null;
  for await (const event of events(response.body)) {
    name = event.name;
    if (name === "error") throw new AskError(event.data.error.message);
    yield event;
  }
  if (name !== "answer") throw new AskError(STOPPED);
}

/** Fetch; what is refused or cannot be sent is an AskError that says so to a person. */
export async function send(url, options = {}) {
  let response;
  try {
    response = await fetch(url, options);
  } catch {
    throw new AskError(UNREACHABLE);
  }
  if (!response.ok) {
    const reply = await response.json().catch(() => null);
    throw new AskError(reply?.error?.message ?? `The server answered with status ${response.status}.`);
  }
  return response;
}

export async function getJson(url) {
  return (await send(url, { headers: { Accept: "application/json" } })).json();
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let written = "";
  for (;;) {
    let part;
    try {
      part = await reader.read();
    } catch {
      throw new AskError(STOPPED);
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
