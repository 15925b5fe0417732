// Pages are loaded lazily and may move the mark while they are laid out: go to it once more.
if (location.hash === "#first") {
  const first = document.getElementById("first");
  first?.scrollIntoView({ block: "center" });
  addEventListener("load", () => first?.scrollIntoView({ block: "center" }), { once: true });
}
