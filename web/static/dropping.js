// Dropping files anywhere on the page.

import { element } from "./dom.js";

const cover = element("p", { class: "drop", hidden: "", "aria-hidden": "true" }, "Drop the files to add them");
document.body.append(cover);

/** Hand on the files that are dropped; what else is dragged is left to the browser. */
export function takeDropped(take) {
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      cover.hidden = false;
    });
  }
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) cover.hidden = true; // it has left the page
  });
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    cover.hidden = true;
    take([...event.dataTransfer.files]);
  });
}

function holdsFiles({ dataTransfer }) {
  return dataTransfer?.types.includes("Files") ?? false;
}
