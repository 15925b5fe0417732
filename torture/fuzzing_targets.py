"""What is fuzzed: readers and what comes after them, with seeds and what must hold of each."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp

from assistant.testsets.reading import read_leniently, read_test_set
from index.errors import ExtractionError, TestSetError
from index.formats import SUFFIXES
from index.formats.signatures import check_signature
from index.naming import safe_name
from index.records import BlockKind, Extraction, SourceBlock
from index.terms import query_terms, terms
from tests.index.formats.builders import archive, epub, paragraph, pdf, word
from torture import hostile_archives
from torture.fuzzing_invariants import (
    BrokenInvariantError,
    check_cleaning,
    check_extraction,
    check_sentences,
)
from torture.fuzzing_mutations import Mutate, archive_mutations, pdf_mutations, text_mutations
from torture.fuzzing_words import TEXTS, seeds, words


@dataclass(frozen=True, slots=True)
class Target:
    """Something that takes bytes from strangers.

    Attributes:
        check: Gives it bytes; what it raises is a finding.
        seeds: Makes valid inputs.
        mutate: Makes an input of them.
        share: Of all inputs, in thousandths.
    """

    check: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    mutate: Mutate
    share: int


def _reader(suffix: str) -> Callable[[bytes], None]:
    """Return the check of a format's reader and of all that makes a document's passages."""
    path = Path(f"a{suffix}")

    def check(data: bytes) -> None:
        with suppress(ExtractionError):
            check_signature(data, path)
            check_extraction(SUFFIXES[suffix].read(data, path))

    return check


def _cleaning(data: bytes) -> None:
    """Check cleaning on blocks that no reader would find."""
    text = data.decode("utf-8", "replace")
    random = Random(data)
    kinds = list(BlockKind)
    blocks = []
    for _ in range(random.randint(1, 6)):
        cuts = sorted(random.randint(0, len(text)) for _ in range(2 * random.randint(1, 4)))
        ranges = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True) if a < b]
        if ranges:
            blocks.append(SourceBlock(random.choice(kinds), tuple(ranges), random.randint(0, 3)))
    blocks.sort(key=lambda block: block.ranges)
    check_cleaning(Extraction(text, tuple(blocks), "text/plain", "fuzz/1", title=text[:50]))


def _sentences(data: bytes) -> None:
    check_sentences(data.decode("utf-8", "replace"))


def _terms(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for made in (terms(text), query_terms(text)):
        for term in made:
            if not term or term != term.strip():
                raise BrokenInvariantError(f"the term {term!r}")
    if bool(terms(text)) != bool(query_terms(text)):
        raise BrokenInvariantError("a text has terms, and has none as a question")


def _names(data: bytes) -> None:
    name = safe_name(data.decode("utf-8", "replace"))
    stays = Path(name).name == name and name not in (".", "..") and not name.startswith(".")
    if not (stays and name.isprintable() and len(name.encode()) <= 251):
        raise BrokenInvariantError(f"the file name {name!r}")


@cache
def _folder() -> Path:
    return Path(mkdtemp(prefix="torture-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))


def _test_set(data: bytes) -> None:
    path = _folder() / "set"
    path.write_bytes(data)
    for read in (read_test_set, read_leniently):
        with suppress(TestSetError):
            read(path)


def _beir(data: bytes) -> None:
    """Check the reader of folders: three files, with NULs between."""
    folder = _folder() / "beir"
    folder.mkdir(exist_ok=True)
    parts = [*data.split(b"\0", 2), b"", b""]
    for name, part in zip(("corpus.jsonl", "queries.jsonl", "qrels.tsv"), parts, strict=False):
        (folder / name).write_bytes(part)
    with suppress(TestSetError):
        read_test_set(folder)


def _word_files() -> list[bytes]:
    table = "".join(
        f"<w:tr><w:tc>{hostile_archives.paragraph(a)}</w:tc><w:tc>"
        f"{hostile_archives.paragraph(b)}</w:tc></w:tr>"
        for a, b in (("Act", "Year"), ("A", "1997"))
    )
    small = hostile_archives.docx(f"{hostile_archives.paragraph(TEXTS[0])}<w:tbl>{table}</w:tbl>")
    noted = hostile_archives.docx(
        '<w:p><w:r><w:t>It was signed.</w:t><w:footnoteReference w:id="1"/></w:r></w:p>',
        more=hostile_archives.related(
            "footnotes",
            '<w:footnotes xmlns:w="urn:w"><w:footnote '
            'w:id="1"><w:p><w:t>In Paris.</w:t></w:p></w:footnote>'
            "</w:footnotes>",
        ),
    )
    return [word(), small, small, noted, noted]


def _books() -> list[bytes]:
    label = "<navLabel><text>One</text></navLabel>"
    ncx = f'<ncx><navPoint>{label}<content src="a.xhtml"/></navPoint></ncx>'
    return [
        epub({"a.xhtml": f"<h1>One</h1><p>{TEXTS[0]}</p>", "b.xhtml": "<ol><li>Rome</li></ol>"}),
        epub({"a.xhtml": "<p>It was signed.</p>"}, more={"OEBPS/toc.ncx": ncx}),
        archive({"META-INF/container.xml": "<a/>"}),
    ]


def _pdfs() -> list[bytes]:
    lines = ["The treaty was signed in", "Paris on 27 May 1997.1", "1 See the Act."]
    return [
        pdf([paragraph(lines), paragraph(lines, size=14)], info="/Title(A Treaty)"),
        pdf(
            [
                [
                    (50, 500, 20, "Title"),
                    (50, 470, 10, "Act"),
                    (200, 470, 10, "Year"),
                    (50, 458, 10, "A"),
                    (200, 458, 10, "1997"),
                    (300, 100, 7, "1 Note"),
                ]
            ]
        ),
    ]


def _encoded(texts: Sequence[str]) -> Callable[[], list[bytes]]:
    return lambda: [text.encode() for text in texts]


def _test_sets() -> list[bytes]:
    lines = [
        {"id": "1", "question": "When was it signed?", "answers": ["1997"], "document": "a.txt"},
        {
            "turns": [
                {"id": 2, "question": "Who?", "answers": []},
                {"id": 3, "question": "Why?", "answers": None},
            ]
        },
    ]
    squad = {
        "data": [
            {
                "title": "A",
                "paragraphs": [
                    {
                        "context": "In Paris.",
                        "qas": [
                            {
                                "id": "1",
                                "question": "Where?",
                                "answers": [{"text": "Paris", "answer_start": 3}],
                            }
                        ],
                    }
                ],
            }
        ]
    }
    table = b'id,question,answers,document\n1,"When?","1997|May",a.txt\n2,Who?,,\n'
    made = ["\n".join(map(json.dumps, lines)).encode(), json.dumps(squad).encode(), table]
    return [*made, *made, gzip.compress(made[0])]


def _beir_folders() -> list[bytes]:
    corpus = b'{"_id": "d1", "title": "A", "text": "In Paris."}\n'
    queries = b'{"_id": "q1", "text": "Where?"}\n'
    return [b"\0".join([corpus, queries, b"query-id\tcorpus-id\tscore\nq1\td1\t1\n"])]


_MARKUP = _encoded(seeds("html"))
TARGETS = {
    "text": Target(_reader(".txt"), _encoded(TEXTS), text_mutations(words("prose")), 130),
    "markdown": Target(
        _reader(".md"),
        _encoded([*TEXTS, *seeds("markdown")]),
        text_mutations(words("markdown")),
        150,
    ),
    "html": Target(_reader(".html"), _MARKUP, text_mutations(words("html")), 120),
    "xhtml": Target(_reader(".xhtml"), _MARKUP, text_mutations(words("html")), 40),
    "csv": Target(_reader(".csv"), _encoded(seeds("csv")), text_mutations(words("csv")), 70),
    "tsv": Target(_reader(".tsv"), _encoded(seeds("csv")), text_mutations(words("csv")), 20),
    "docx": Target(_reader(".docx"), _word_files, archive_mutations(words("archive")), 80),
    "epub": Target(_reader(".epub"), _books, archive_mutations(words("archive")), 50),
    "pdf": Target(_reader(".pdf"), _pdfs, pdf_mutations(words("pdf")), 60),
    "cleaning": Target(_cleaning, _encoded(TEXTS), text_mutations(words("prose")), 110),
    "sentences": Target(_sentences, _encoded(TEXTS), text_mutations(words("prose")), 50),
    "terms": Target(_terms, _encoded(TEXTS), text_mutations(words("prose")), 50),
    "names": Target(
        _names, _encoded(["a.txt", "../b.pdf", "c:\\d.md"]), text_mutations(words("prose")), 10
    ),
    "test sets": Target(_test_set, _test_sets, text_mutations(words("test_set")), 50),
    "beir": Target(_beir, _beir_folders, text_mutations(words("test_set")), 10),
}
