"""Mutations: from valid inputs, what a program, a disk or an enemy may make of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from random import Random
from zipfile import ZIP_STORED, ZipFile

from tests.index.formats.builders import assemble

_LONGEST = 20_000  # bytes
_MOST_STEPS = 6
_MOST_REPEATS = 120
_LETTERS = tuple(
    text.encode("utf-8", "surrogatepass")
    for text in (
        *("\n", "\r\n", "\r", "\t", " ", "\0", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\u2028"),
        *("\xa0", "\xad", "\u200b", "\u2060", "\ufeff", "\ufffe", "\ufffd", "\u202e", "\x02"),
        *("e\u0301", "\u0301\u0302", "\ufb01", "\u1112\u1161\u11ab", "\u0f71\u0f72", "\u0130", "ß"),
        *("\u1e9b\u0323", "\u00b2", "\u2075", "\U0001d54f", "\U0001f468\u200d\U0001f469", "\u3002"),
        *(
            ".",
            "!",
            "?",
            "\u2026",
            ". ",
            "...",
            '"',
            "'",
            "\u2019",
            "-",
            "\u2010",
            "-\n",
            "$",
            "\\,",
        ),
        *("1", "12", "9/11", "U.S. ", "Dr. ", "i.e. ", "(a) ", "1. ", "* ", "A", "a", "Z. ", ":"),
        *("\ud800", "\udfff", "\u4e2d\u6587", "\u0661", "\U000e0001", "\ue000"),
    )
)
_SIGNS = (*_LETTERS, b"\xff", b"\xc3", b"\x80", b"\xed\xa0")

Mutate = Callable[[Random, Sequence[bytes]], bytes]


@dataclass(frozen=True, slots=True)
class Words:
    """What a format is made of, besides the signs that any text may hold."""

    words: tuple[bytes, ...]

    def mutated(self, random: Random, data: bytes, others: Sequence[bytes] = ()) -> bytes:
        """Change a few places of an input."""
        changed = bytearray(data)
        for _ in range(random.randint(1, _MOST_STEPS)):
            self._change(random, changed, others)
        return bytes(changed[:_LONGEST])

    def _change(self, random: Random, data: bytearray, others: Sequence[bytes]) -> None:
        at = random.randint(0, len(data))
        end = min(len(data), at + min(random.randint(0, 40), random.randint(0, 40)))
        kind = random.randrange(8)
        if kind == 0:
            del data[at:end]
        elif kind == 1:
            data[at:at] = data[at:end] * random.randint(1, 4)
        elif kind == 2 and others:
            other = random.choice(others)
            start = random.randint(0, len(other))
            data[at:end] = other[start : start + random.randint(1, 200)]
        elif kind == 3:
            data[at:end] = bytes([random.randrange(256)])
        elif kind == 4:
            data[at:at] = self._word(random) * random.randint(1, _MOST_REPEATS)
        else:
            data[at : end if kind == 5 else at] = self._word(random)

    def _word(self, random: Random) -> bytes:
        return random.choice(self.words if self.words and random.random() < 0.7 else _SIGNS)

    def written(self, random: Random) -> bytes:
        """Write an input of words and signs alone."""
        return b"".join(self._word(random) for _ in range(random.randint(0, 60)))


def text_mutations(words: Sequence[str]) -> Mutate:
    """Return mutations of text, given the words that its format is made of."""
    known = Words(tuple(word.encode() for word in words))

    def mutate(random: Random, seeds: Sequence[bytes]) -> bytes:
        kind = random.random()
        if kind < 0.02:
            return random.randbytes(random.randint(0, 300))
        if kind < 0.25:
            return known.written(random)
        mutated = known.mutated(random, random.choice(seeds), seeds)
        if kind > 0.95:
            coding = random.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"))
            return mutated.decode("utf-8", "replace").encode(coding, "replace")
        return mutated

    return mutate


def archive_mutations(words: Sequence[str]) -> Mutate:
    """Return mutations of zip archives: of their members first of all."""
    known = Words(tuple(word.encode() for word in words))

    def mutate(random: Random, seeds: Sequence[bytes]) -> bytes:
        data = random.choice(seeds)
        if random.random() < 0.1:
            return known.mutated(random, data)
        with ZipFile(BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        for _ in range(random.randint(1, 2)):
            name = random.choice(list(members))
            kind = random.random()
            if kind < 0.05:
                del members[name]
            elif kind < 0.1:
                members[random.choice(list(members))] = members[name]
            else:
                members[name] = known.mutated(random, members[name], list(members.values()))
            if not members:
                break
        out = BytesIO()
        with ZipFile(out, "w", ZIP_STORED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return out.getvalue()

    return mutate


_OBJECT = re.compile(rb"\d+ 0 obj\n(.*?)\nendobj\n", re.DOTALL)


def pdf_mutations(words: Sequence[str]) -> Mutate:
    """Return mutations of PDFs: of their objects first of all, put together anew."""
    known = Words(tuple(word.encode() for word in words))

    def mutate(random: Random, seeds: Sequence[bytes]) -> bytes:
        data = random.choice(seeds)
        if random.random() < 0.1:
            return known.mutated(random, data)
        objects = _OBJECT.findall(data)
        for _ in range(random.randint(1, 3)):
            at = random.randrange(len(objects))
            if random.random() < 0.1:
                objects[at] = random.choice(objects)
            else:
                objects[at] = known.mutated(random, objects[at], objects)
        return assemble(objects, "")

    return mutate
