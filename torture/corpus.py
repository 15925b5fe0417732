"""A folder of small files that are written, changed and removed, and all that they ever held."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from random import Random

_PLACES = "Rome Reykjavik Prague Madrid Istanbul Lisbon Ottawa Athens Bonn Oslo Paris".split()
_BODIES = "council commission assembly committee secretariat tribunal delegation".split()
_DEEDS = "approved rejected deferred reviewed published amended withdrew".split()
_THINGS = "treaty report budget protocol charter census survey mandate".split()
_FORMATS = {".txt": "{title}\n\n{text}\n", ".md": "# {title}\n\n{text}\n"}


class Corpus:
    """Files of two formats in a folder; each says its name and version in every paragraph.

    Args:
        folder: Where they lie.
        chance: What decides about them.
        files: How many names there are.
    """

    def __init__(self, folder: Path, chance: Random, *, files: int) -> None:
        self.folder = folder
        self._chance = chance
        self._names = [
            f"{number % 7}/{number:03}{suffix}"
            for number, suffix in zip(range(files), (".txt", ".md") * files, strict=False)
        ]
        self.versions: dict[str, dict[str, str]] = {}  # texts by name and hash
        self._written = 0

    def change(self, count: int, *, removing: float = 0.2) -> None:
        """Write or remove a few files at random.

        Args:
            count: How many.
            removing: The share that is removed, 0 to 1.
        """
        for name in self._chance.sample(self._names, count):
            if self._chance.random() < removing:
                (self.folder / name).unlink(missing_ok=True)
            else:
                self.write(name)

    def write(self, name: str) -> None:
        """Write a new version of a file."""
        text = self.text(name)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def text(self, name: str) -> str:
        """Return a text that no file has held before, and remember it as the file's."""
        self._written += 1
        mark = f"{Path(name).stem} version {self._written}"
        paragraphs = [
            " ".join(self._sentence(mark) for _ in range(self._chance.randrange(1, 5)))
            for _ in range(self._chance.randrange(1, 4))
        ]
        form = _FORMATS[Path(name).suffix]
        text = form.format(title=f"Record {mark}", text="\n\n".join(paragraphs))
        self.versions.setdefault(name, {})[sha256(text.encode()).hexdigest()] = text
        return text

    def now(self) -> dict[str, str]:
        """Return the hashes of the files that there are, by name."""
        return {
            path.relative_to(self.folder).as_posix(): sha256(path.read_bytes()).hexdigest()
            for path in self.folder.rglob("*")
            if path.is_file()
        }

    def _sentence(self, mark: str) -> str:
        pick = self._chance.choice
        year = self._chance.randrange(1900, 2000)
        return (
            f"In record {mark} the {pick(_BODIES)} of {pick(_PLACES)} {pick(_DEEDS)} "
            f"the {pick(_THINGS)} of {year}."
        )


def questions(chance: Random, count: int) -> list[str]:
    """Return questions that the sentences of any corpus may answer."""
    return [
        f"What did the {chance.choice(_BODIES)} of {chance.choice(_PLACES)} do with the "
        f"{chance.choice(_THINGS)} of {chance.randrange(1900, 2000)}?"
        for _ in range(count)
    ]
