// The panels beside the chat: one at a time on the left, and the source on the right.
//
// Where there is no room for all three, the source and a panel on the left take turns; on a narrow
// screen each lies over the chat, and the source over the panel whose document it shows.

const NARROW = matchMedia("(max-width: 60rem)");
const TIGHT = matchMedia("(max-width: 80rem)");
const chat = document.querySelector("main.chat");
const source = document.getElementById("source");
const buttons = [...document.querySelectorAll(".bar [aria-controls]")];
const sides = buttons.map(panelOf);

function panelOf(button) {
  return document.getElementById(button.getAttribute("aria-controls"));
}

/** Open one side panel and close the others; the event "opened" lets it fetch what it shows. */
function show(panel) {
  for (const button of buttons) {
    const isOpen = panelOf(button) === panel;
    button.setAttribute("aria-expanded", String(isOpen));
    panelOf(button).hidden = !isOpen;
  }
  if (panel && TIGHT.matches && !source.hidden) source.dispatchEvent(new Event("covered"));
  panel?.dispatchEvent(new Event("opened"));
  arrange();
}

/** Make room for the source, and let nothing be reached that lies under a panel. */
export function arrange() {
  const isSideOpen = sides.some((side) => !side.hidden);
  if (isSideOpen && !source.hidden && TIGHT.matches && !NARROW.matches) {
    show(null);
    return;
  }
  chat.inert = NARROW.matches && (isSideOpen || !source.hidden);
  for (const side of sides) side.inert = NARROW.matches && !source.hidden;
}

for (const button of buttons) {
  button.addEventListener("click", () => show(panelOf(button).hidden || panelOf(button).inert ? panelOf(button) : null));
}

document.addEventListener("keydown", (event) => {
  const open = buttons.find((button) => !panelOf(button).hidden);
  if (event.key !== "Escape" || event.defaultPrevented || !open) return;
  if (event.target.closest("dialog")) return;
  if (chat.contains(document.activeElement)) return;
  show(null);
  open.focus();
});

for (const width of [NARROW, TIGHT]) width.addEventListener("change", arrange);
