"use strict";

// Narrows the questions down. Without this all of them are shown.
{
  const filters = document.getElementById("filters");
  const items = [...(document.getElementById("question-list")?.children ?? [])];
  const choices = filters ? [...filters.querySelectorAll("select")] : [];
  const search = document.getElementById("search");
  let texts;

  // Passages and citations are not searched: they are others' words.
  const textOf = (item) =>
    [...item.querySelectorAll("summary, dl")].map((part) => part.textContent).join("\n").toLowerCase();

  function narrow() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) texts ??= items.map(textOf);
    let fitting = 0;
    items.forEach((item, place) => {
      const fits = choices.every(({ id, value }) => !value || item.dataset[id] === value)
        && words.every((word) => texts[place].includes(word));
      item.hidden = !fits;
      fitting += fits;
    });
    document.getElementById("count").textContent =
      `${fitting.toLocaleString("en")} of ${items.length.toLocaleString("en")} questions`;
    document.getElementById("nothing-fits").hidden = fitting > 0;
  }

  // A link to a question leads there, whatever is filtered away.
  function reveal() {
    const body = /^#q\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
    if (!body) return;
    const item = body.closest("li");
    if (item.hidden) {
      search.value = "";
      for (const choice of choices) choice.value = "";
      narrow();
    }
    body.parentElement.open = true;
    item.scrollIntoView({ block: "start" });
    body.parentElement.firstElementChild.focus({ preventScroll: true });
  }

  if (filters) {
    let waiting;
    search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(narrow, 150);
    });
    for (const choice of choices) choice.addEventListener("change", narrow);
    addEventListener("hashchange", reveal);
    filters.hidden = false;
    narrow();
    reveal();
  }
}
