// The page of a document.

// Back to the conversation that the page was opened from, not to a new one.
if (URL.canParse(document.referrer)) {
  const { origin, pathname } = new URL(document.referrer);
  if (origin === location.origin && pathname.startsWith("/conversations/")) {
    document.getElementById("back").href = pathname;
  }
}

// Pages are loaded lazily and may move the mark while they are laid out: go to it once more.
if (location.hash === "#first") {
  const first = document.getElementById("first");
  first?.scrollIntoView({ block: "center" });
  addEventListener("load", () => first?.scrollIntoView({ block: "center" }), { once: true });
}
