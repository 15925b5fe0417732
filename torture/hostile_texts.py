"""Hostile text, Markdown, HTML and CSV files."""

from __future__ import annotations

import gzip
import os
from functools import partial

from torture.hostile_cases import Case, Sizes, Surroundings, file_case

_SENTENCE = b"The treaty was signed in Paris on 27 May 1997. "
_READ = "committed|failed: (.*(over|more than|within)|there is no text)"  # a limit may be met


def text_cases(sizes: Sizes) -> list[Case]:
    """Return the cases; a few fates depend on the sizes."""
    return [*_lines(sizes), *_bytes(), *_misnamed(), *_nested(), *_entities()]


def _lines(sizes: Sizes) -> list[Case]:
    def huge(around: Surroundings) -> None:
        with (around.folder / "huge.txt").open("wb") as file:
            os.truncate(file.fileno(), around.sizes.huge)

    return [
        Case("a line over the limit", huge, {"huge.txt": "skipped: .* over the limit"}),
        *(
            file_case(f"a line of {what}", name, _READ, partial(_filled, part, sizes.line))
            for what, name, part in (
                ("sentences", "sentences.txt", _SENTENCE),
                ("words", "words.txt", b"word "),
                ("letters", "letters.txt", b"a"),
            )
        ),
        *(
            file_case(what, name, _READ, partial(_filled, part, sizes.text))
            for what, name, part in (
                ("stops", "stops.txt", b". "),
                ("short sentences", "short.txt", b"A! "),
                ("hyphens", "hyphens.txt", b"a-"),
                ("opening quotes", "quotes.csv", b'"'),
                ("cells", "cells.csv", b"1,"),
                ("angle brackets", "angles.html", b"<"),
                ("paragraphs", "paragraphs.html", b"<p>a"),
                ("ampersands", "ampersands.html", b"&amp;"),
                ("short paragraphs", "paragraphs.txt", b"Ab.\n\n"),
                ("open paragraphs", "open.txt", b"a b" * 20 + b"\n\nAb.\n\nC.\n\n"),
                ("decomposed letters", "marks.txt", "e\u0301\u0301".encode()),
                ("line ends", "ends.txt", b"a\n"),
                ("rows", "rows.csv", b"a,b\n"),
            )
        ),
    ]


def _filled(part: bytes, size: int, _: Surroundings) -> bytes:
    return part * (size // len(part))


def _bytes() -> list[Case]:
    torn = "Paris \ud800 Rome \udc00."
    return [
        file_case(
            "NULs in text", "nul.txt", "failed: (not text|.*binary)", lambda _: b"Paris\0Rome. " * 9
        ),
        file_case(
            "nothing but NULs",
            "nuls.txt",
            "failed: not text|failed: .*binary",
            lambda _: bytes(5000),
        ),
        *(
            file_case(
                f"lone surrogates in {suffix}",
                f"torn{suffix}",
                "committed|failed: not text",
                lambda _: torn.encode("utf-16", "surrogatepass"),
            )
            for suffix in (".txt", ".md", ".html", ".csv")
        ),
        file_case(
            "surrogates in UTF-8",
            "utf8.txt",
            "failed: .*(not text|binary)|committed",
            lambda _: torn.encode("utf-8", "surrogatepass"),
        ),
        file_case(
            "surrogate as an entity",
            "entity.html",
            "committed",
            lambda _: b"<p>Paris &#xD800; &#0; &#x1FFFFFF; Rome.</p>",
        ),
        file_case(
            "terminal codes in text",
            "codes.txt",
            "committed|failed",
            lambda _: b"\x1b[2J\x1b]0;title\x07 Paris is the capital of France. " * 4,
        ),
    ]


def _misnamed() -> list[Case]:
    return [
        file_case(
            "gzip named as text",
            "packed.txt",
            "failed: .*compressed file",
            lambda around: gzip.compress(bytes(around.sizes.bomb // 64), 1),
        ),
        file_case(
            "gzip named as PDF",
            "packed.pdf",
            "failed: .*compressed file",
            lambda _: gzip.compress(b"%PDF-1.4"),
        ),
        file_case(
            "an unknown encoding",
            "encoding.html",
            "committed",
            lambda _: b'<meta charset="rot13"><p>Paris \xe9.',
        ),
    ]


def _nested() -> list[Case]:
    def case(name: str, path: str, *parts: str, fate: str = _READ) -> Case:
        before, middle, after = (*parts, "", "")[:3]

        def content(around: Surroundings) -> bytes:
            times = around.sizes.nesting
            return (before * times + (middle or "Paris") + after * times).encode()

        return file_case(f"{name}", path, fate, content)

    deep = "failed: .*nested too deep"
    return [
        case("nested divs", "divs.html", "<div>", "Paris", "</div>", fate=f"{deep}|committed"),
        case("open divs", "open.html", "<div>", fate=f"{deep}|committed"),
        case("nested tables", "tables.html", "<table><tr><td>", fate=f"{deep}|committed"),
        case("nested bold", "bold.html", "<b>", fate=f"{deep}|committed"),
        case("nested XHTML", "divs.xhtml", "<div>", "Paris", "</div>", fate=f"{deep}|committed"),
        case("nested notes", "notes.html", "<a href='#'><sup>", fate=f"{deep}|{_READ}"),
        case("nested quotes", "quotes.md", ">"),
        case("spaced quotes", "spaced.md", "> "),
        case("nested lists", "lists.md", "- "),
        case("numbered lists", "numbered.md", "1. "),
        case("brackets", "brackets.md", "["),
        case("matched brackets", "matched.md", "[", "Paris", "]"),
        case("images", "images.md", "!["),
        case("links", "links.md", "[a]("),
        case("link targets", "targets.md", "[a](<"),
        case("stars", "stars.md", "*"),
        case("spaced stars", "emphasis.md", "*a "),
        case("underscores", "underscores.md", "_a_ __b "),
        case("backticks", "backticks.md", "`a``"),
        case("growing backticks", "growing.md", "a`", "`" * 50),
        case("pipes", "pipes.md", "|a", "\n", "|-"),
        case("open comments", "comments.md", "<!--"),
        case("open tags", "tags.md", "<a b="),
        case("references", "references.md", "[a]: b\n"),
        case("footnotes", "footnotes.md", "[^1]: a\n"),
        case("tildes", "tildes.md", "~~a "),
        case("autolinks", "autolinks.md", "<http://a"),
        case("front matter", "front.md", "---\n"),
        case("entities", "entities.md", "&#1234567;&quot;"),
        case("backslashes", "backslashes.md", "\\"),
    ]


def _entities() -> list[Case]:
    return [
        file_case(
            "entities in XHTML",
            "laughs.xhtml",
            "committed|failed",
            lambda around: _page(laughs(around), "&lol9;"),
        ),
        file_case(
            "an external entity in XHTML",
            "outside.xhtml",
            "committed|failed",
            lambda around: _page(outside(around), "Rome &file; &net; Paris"),
        ),
        file_case(
            "an external DTD",
            "dtd.xhtml",
            "committed|failed",
            lambda around: (
                f'<!DOCTYPE html SYSTEM "{around.address}a.dtd">'
                '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Paris</p></body></html>'.encode()
            ),
        ),
        file_case(
            "an XInclude",
            "include.xhtml",
            "committed|failed",
            lambda around: (
                '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:xi="http://www.w3.org/2001/XInclude">'
                f'<body><p>Paris <xi:include href="{around.secret.as_uri()}" parse="text"/></p>'
                f'<img src="{around.address}"/><iframe src="{around.secret.as_uri()}"/>'
                f'<link rel="stylesheet" href="{around.address}"/></body></html>'.encode()
            ),
        ),
    ]


def _page(doctype: str, body: str) -> bytes:
    return (
        f'{doctype}<html xmlns="http://www.w3.org/1999/xhtml"><body><p>{body}</p></body></html>'
    ).encode()


def laughs(_: Surroundings) -> str:
    """Return a document type of entities that stand for a billion letters."""
    steps = "".join(f'<!ENTITY lol{step} "{f"&lol{step - 1};" * 10}">' for step in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY lol0 "lol">{steps}]>'


def outside(around: Surroundings) -> str:
    """Return a document type whose entities stand for a file and for a page of the net."""
    return (
        f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY file SYSTEM "{around.secret.as_uri()}">'
        f'<!ENTITY net SYSTEM "{around.address}"><!ENTITY % dtd SYSTEM "{around.address}"> %dtd;]>'
    )
