// Talking to the server.

export class AskError extends Error {}

const UNREACHABLE = "The assistant cannot be reached. Check that it is still running, then try again.";

/** Ask a question; the answer is the object that POST /ask returns. */
export async function ask(question, conversationId) {
  const body = { question };
  if (conversationId) body.conversation_id = conversationId;
  let response;
  try {
    response = await fetch("/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new AskError(UNREACHABLE);
  }
  const reply = await response.json().catch(() => null);
  if (!response.ok || reply === null) {
    throw new AskError(reply?.error?.message ?? `The server answered with status ${response.status}.`);
  }
  return reply;
}
