"""Hostile PDFs."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from tests.index.formats.builders import Drawn, assemble, paragraph, pdf
from torture.hostile_archives import inflating
from torture.hostile_cases import Case, Surroundings, file_case

_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_TEXT = b"BT /F 10 Tf 50 500 Td (It was signed in Paris.) Tj ET"
_ANY = "committed|failed"


def pdf_cases() -> list[Case]:
    """Return the cases."""
    return [
        file_case(name, f"{name.replace(' ', '-')}.pdf", fate, content)
        for name, (fate, content) in _MADE.items()
    ]


def _stream(data: bytes, entries: str = "") -> bytes:
    return f"<<{entries}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"


def _page(
    content: bytes,
    *more: bytes,
    resources: str = "",
    font: bytes = _FONT,
    box: str = "0 0 400 600",
    catalog: str = "",
) -> bytes:
    """Write a PDF of one page, object 4, whose content is object 5, and more from 6 on."""
    return assemble(
        [
            f"<</Type/Catalog/Pages 2 0 R{catalog}>>".encode(),
            b"<</Type/Pages/Kids[4 0 R]/Count 1>>",
            font,
            f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 5 0 R"
            f"/Resources<</Font<</F 3 0 R>>{resources}>>>>".encode(),
            content,
            *more,
        ],
        "",
    )


def _tree(pages: str, *more: str, catalog: str = "") -> bytes:
    """Write a PDF whose root of pages is another one."""
    whole = _page(_stream(_TEXT), *(text.encode() for text in more), catalog=catalog)
    return whole.replace(b"<</Type/Pages/Kids[4 0 R]/Count 1>>", pages.encode(), 1)


def _deep_tree(around: Surroundings) -> bytes:
    levels = around.sizes.nesting
    nodes = [f"<</Type/Pages/Kids[{7 + level} 0 R]/Count 1>>" for level in range(levels - 1)]
    return _tree(
        "<</Type/Pages/Kids[6 0 R]/Count 1>>", *nodes, "<</Type/Pages/Kids[4 0 R]/Count 1>>"
    )


def _circle() -> bytes:
    whole = _page(_stream(_TEXT))
    start = whole.index(b"xref\n")
    return whole.replace(b"trailer <<", b"trailer <</Prev %d" % start)


def _doubling() -> bytes:
    """Write forms that draw the next one twice: thirty of them draw a billion."""
    forms = [
        _stream(
            b"/X Do /X Do",
            "/Type/XObject/Subtype/Form/BBox[0 0 400 600]"
            f"/Resources<</XObject<</X {at + 1} 0 R>>>>",
        )
        for at in range(6, 36)
    ]
    last = _stream(
        _TEXT, "/Type/XObject/Subtype/Form/BBox[0 0 400 600]/Resources<</Font<</F 3 0 R>>>>"
    )
    return _page(_stream(b"/X Do"), *forms, last, resources="/XObject<</X 6 0 R>>")


def _many_lines(number: int) -> list[Drawn]:
    """Draw lines of which no two pages have the same: such would be running heads."""
    own = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return paragraph([f"Line {line} of {own} was signed in Paris." for line in "abcdef"])


_MADE: dict[str, tuple[str, Callable[[Surroundings], bytes]]] = {
    "many pages": (
        "committed",
        lambda around: pdf([_many_lines(number) for number in range(around.sizes.pages)]),
    ),
    "a page tree in a circle": (
        _ANY,
        lambda _: _tree("<</Type/Pages/Kids[2 0 R 4 0 R]/Count 2>>"),
    ),
    "a circle of two branches": (
        _ANY,
        lambda _: _tree(
            "<</Type/Pages/Kids[6 0 R]/Count 9>>", "<</Type/Pages/Kids[2 0 R 4 0 R]/Count 9>>"
        ),
    ),
    "a count of pages that lies": (
        _ANY,
        lambda _: _tree("<</Type/Pages/Kids[4 0 R]/Count 2147483647>>"),
    ),
    "a negative count of pages": (
        _ANY,
        lambda _: _tree("<</Type/Pages/Kids[4 0 R]/Count -1>>"),
    ),
    "a page over and over": (
        _ANY,
        lambda around: _tree(
            f"<</Type/Pages/Kids[{'4 0 R ' * around.sizes.nesting}]/Count {around.sizes.nesting}>>"
        ),
    ),
    "a deep page tree": (_ANY, _deep_tree),
    "cross-references in a circle": (_ANY, lambda _: _circle()),
    "an outline in a circle": (
        _ANY,
        lambda _: _tree(
            "<</Type/Pages/Kids[4 0 R]/Count 1>>",
            "<</First 7 0 R/Last 7 0 R/Count 1>>",
            "<</Title(A)/Parent 6 0 R/Next 7 0 R/First 7 0 R>>",
            catalog="/Outlines 6 0 R",
        ),
    ),
    "a stream that is its own length": (
        _ANY,
        lambda _: _page(b"<</Length 5 0 R>>stream\n" + _TEXT + b"\nendstream"),
    ),
    "a form that draws itself": (
        _ANY,
        lambda _: _page(
            _stream(b"/X Do " + _TEXT),
            _stream(
                b"/X Do /X Do " + _TEXT,
                "/Type/XObject/Subtype/Form/BBox[0 0 400 600]"
                "/Resources<</XObject<</X 6 0 R>>/Font<</F 3 0 R>>>>",
            ),
            resources="/XObject<</X 6 0 R>>",
        ),
    ),
    "forms that draw each other twice": (_ANY, lambda _: _doubling()),
    "a stream that inflates": (
        _ANY,
        lambda around: _page(_stream(inflating(around.sizes.bomb), "/Filter/FlateDecode")),
    ),
    "a stream that inflates twice": (
        _ANY,
        lambda around: _page(
            _stream(
                zlib.compress(inflating(around.sizes.bomb)), "/Filter[/FlateDecode/FlateDecode]"
            )
        ),
    ),
    "text that inflates": (
        _ANY,
        lambda around: _page(
            _stream(
                zlib.compress(_TEXT + b" T* (Rome) Tj" * (around.sizes.nesting * 20)),
                "/Filter/FlateDecode",
            )
        ),
    ),
    "filters upon filters": (
        _ANY,
        lambda around: _page(
            _stream(_TEXT, f"/Filter[{'/ASCIIHexDecode' * around.sizes.nesting}]")
        ),
    ),
    "a predictor of huge rows": (
        _ANY,
        lambda _: _page(
            _stream(
                zlib.compress(_TEXT),
                "/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 2147483647/Colors 32>>",
            )
        ),
    ),
    "a deep array": (
        _ANY,
        lambda around: _page(
            _stream(b"[" * around.sizes.nesting + _TEXT), b"[" * around.sizes.nesting
        ),
    ),
    "deep dictionaries": (
        _ANY,
        lambda around: _page(_stream(_TEXT), b"<</A" * around.sizes.nesting),
    ),
    "saved states": (_ANY, lambda around: _page(_stream(b"q " * around.sizes.nesting + _TEXT))),
    "a font that is its own descendant": (
        _ANY,
        lambda _: _page(
            _stream(_TEXT),
            font=b"<</Type/Font/Subtype/Type0/Encoding/Identity-H/BaseFont/A"
            b"/DescendantFonts[3 0 R]/ToUnicode 3 0 R>>",
        ),
    ),
    "a page of no size": (_ANY, lambda _: _page(_stream(_TEXT), box="0 0 0 0")),
    "a page of huge size": (_ANY, lambda _: _page(_stream(_TEXT), box="-1e30 -1e30 1e30 1e30")),
    "text of no and of huge size": (
        _ANY,
        lambda _: _page(
            _stream(b"BT /F 0 Tf 50 500 Td (Rome) Tj /F 1e38 Tf (Paris) Tj /F -9 Tf (Bonn) Tj ET")
        ),
    ),
    "an object stream in a circle": (
        _ANY,
        lambda _: _page(
            _stream(_TEXT), _stream(b"6 0 7 2 1 2", "/Type/ObjStm/N 2/First 8/Extends 6 0 R")
        ),
    ),
    "a whole number too large": (
        _ANY,
        lambda _: _tree("<</Type/Pages/Kids[4 0 R]/Count 99999999999999999999999>>"),
    ),
    "actions and scripts": (
        _ANY,
        lambda around: _page(
            _stream(_TEXT),
            catalog=f"/OpenAction<</S/URI/URI({around.address})>>/AA<</WC<</S/Launch"
            f"/F({around.secret})>>>>/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS"
            f"(app.launchURL\\('{around.address}'\\);)>>]>>>>",
        ),
    ),
    "nothing but a header": ("failed: .*", lambda _: b"%PDF-1.7\n%%EOF"),
}
