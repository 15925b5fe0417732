// The panels beside the chat: one at a time on the left; on a narrow screen they lie over the chat.

const NARROW = matchMedia("(max-width: 60rem)");
const chat = document.querySelector("main.chat");
const buttons = [...document.querySelectorAll(".bar [aria-controls]")];
const panes = [...document.querySelectorAll("aside.pane")];

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
  panel?.dispatchEvent(new Event("opened"));
  cover();
}

/** What lies under a panel cannot be reached. */
export function cover() {
  chat.inert = NARROW.matches && panes.some((pane) => !pane.hidden);
}

for (const button of buttons) {
  button.addEventListener("click", () => show(panelOf(button).hidden ? panelOf(button) : null));
}

document.addEventListener("keydown", (event) => {
  const open = buttons.find((button) => !panelOf(button).hidden);
  if (event.key !== "Escape" || event.defaultPrevented || !open) return;
  if (event.target.closest("dialog")) return;
  if (chat.contains(document.activeElement)) return;
  show(null);
  open.focus();
});

NARROW.addEventListener("change", cover);
