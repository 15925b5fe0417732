// The conversation of this tab: it outlives opening a source and coming back, or a reload.

const KEY = "conversation";
const EMPTY = { id: null, answers: [] };

export function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? EMPTY;
  } catch {
    return EMPTY;
  }
}

export function remember(answer) {
  const answers = [...recall().answers, answer];
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ id: answer.conversation_id, answers }));
  } catch {
    // A full or forbidden storage costs only the recall.
  }
}

export function forget() {
  sessionStorage.removeItem(KEY);
}
