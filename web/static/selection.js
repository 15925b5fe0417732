// What a person has selected in a document, as a range of its source text.

/**
 * The range of source text that the selection within root shows, and its words as shown.
 * Offsets count characters as the server does, not UTF-16 units; replaced text counts as a whole.
 * @returns {{ start: number, end: number, text: string } | null} null when no source is selected
 */
export function selectedRange(root) {
  const selection = document.getSelection();
  if (!selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const parts = [...root.querySelectorAll("[data-start]")]
    .map((shown) => selectedPart(shown, range))
    .filter((part) => part !== null);
  if (!parts.length) return null;
  return {
    start: Math.min(...parts.map((part) => part.start)),
    end: Math.max(...parts.map((part) => part.end)),
    text: joined(parts),
  };
}

function selectedPart(shown, range) {
  const text = shown.firstChild;
  if (!text || !range.intersectsNode(text)) return null;
  const from = range.startContainer === text ? range.startOffset : 0;
  const to = range.endContainer === text ? range.endOffset : text.length;
  if (from >= to) return null;
  const [start, end] = [Number(shown.dataset.start), Number(shown.dataset.end)];
  const part = { start, end, text: text.data.slice(from, to), block: shown.parentElement };
  if (characters(text.data) !== end - start) return part;
  part.start += characters(text.data.slice(0, from));
  part.end = part.start + characters(part.text);
  return part;
}

function characters(text) {
  return Array.from(text).length;
}

function joined(parts) {
  const words = parts.map((part, at) => {
    const goesOn = at === 0 || parts[at - 1].block === part.block;
    return goesOn ? part.text : `\n${part.text}`;
  });
  return words.join("");
}
