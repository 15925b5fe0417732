"""Source text → reading text, with the source ranges of every stretch of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from index.cleaning.aligned import AlignedText
from index.cleaning.note_markers import find_note_markers
from index.records import AlignedRun, Alignment, Block, BlockKind, Extraction, SourceBlock

_LINE_END = r"(?:\r\n|[\r\n\v\f\x85\u2028\u2029])"
# PDF text layers hold U+0002 or U+FFFE where a line ends in a hyphen.
_SOFT_HYPHEN = re.compile(rf"(?<=(.))[\u00ad\u0002\ufffe][ \t]*{_LINE_END}?[ \t]*", re.DOTALL)
_LETTER = r"[^\W\d_\u00b2\u00b3\u00b9\u2070-\u2079]"  # and no raised digit
_HARD_HYPHEN = re.compile(
    rf"(?<!{_LETTER})(?P<head>{_LETTER}++)[-\u2010][ \t]*{_LINE_END}\s*(?=(?P<tail>{_LETTER}++))"
)
_NUMBER_HYPHEN = re.compile(rf"(?<=\d)[-\u2013][ \t]*{_LINE_END}\s*(?=\d)")
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff\ufffe]+")
_LIGATURE = re.compile(r"[\ufb00-\ufb06]")
_FORMULA = re.compile(r"\$(?=[^$\n]*\\[ ,;:!])([^$\n]{2,400})\$")
_FORMULA_SPACE = re.compile(r"\\[ ,;:!]\s*")
_CELL_END = re.compile(r"[^\S\r\n]*\t[^\S\r\n]*")
_SPACE = re.compile(r"\s+")
_SPACE_IN_ROW = re.compile(rf"\s*{_LINE_END}\s*|[^\S\t]+")
# Possessive, and only from where a word begins: a run of letters is looked at once.
_COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:-[^\W\d_]++)+")
_TABULAR = (BlockKind.TABLE_ROW, BlockKind.LIST_ITEM)


def clean(extraction: Extraction) -> tuple[str, Alignment, tuple[Block, ...]]:
    """Clean the source text of a document for reading.

    Words broken at line ends are joined, white space is folded, note markers are left out,
    ligatures and decomposed characters are composed, and formula markup around words is undone.
    Footnotes are moved behind the rest, so that they interrupt nothing.

    Returns:
        The reading text; its alignment with the source text; its blocks, in order.
    """
    join = _hyphen_rule(extraction.source_text)
    ordered = sorted(extraction.blocks, key=lambda block: block.kind is BlockKind.FOOTNOTE)
    texts = [_clean_block(extraction.source_text, block, join) for block in ordered]
    for at, markers in find_note_markers(list(zip(ordered, texts, strict=True))):
        texts[at] = texts[at].without(markers).strip()
    return _assemble([(b, t) for b, t in zip(ordered, texts, strict=True) if t.text])


def _assemble(
    cleaned: list[tuple[SourceBlock, AlignedText]],
) -> tuple[str, Alignment, tuple[Block, ...]]:
    parts: list[str] = []
    runs: list[AlignedRun] = []
    blocks: list[Block] = []
    at = 0
    for source, aligned in cleaned:
        if blocks:
            goes_on = source.kind is blocks[-1].kind and source.kind in _TABULAR
            parts.append("\n" if goes_on else "\n\n")
            at += len(parts[-1])
        runs += aligned.runs(at)
        blocks.append(Block(source.kind, at, at + len(aligned.text), source.level))
        parts.append(aligned.text)
        at += len(aligned.text)
    return "".join(parts), Alignment(tuple(runs)), tuple(blocks)


def _clean_block(
    source_text: str, block: SourceBlock, join: Callable[[re.Match[str]], str]
) -> AlignedText:
    aligned = AlignedText.from_source(source_text, block.ranges)
    has_cells = block.kind in (BlockKind.TABLE_ROW, BlockKind.CAPTION)
    if has_cells:
        aligned = _separate_cells(aligned)
    aligned = _compose(aligned).substitute(_LIGATURE, _compatible)
    if "$" in aligned.text:
        aligned = _undo_formulas(aligned)
    aligned = aligned.substitute(_SOFT_HYPHEN, "").substitute(_INVISIBLE, "")
    if block.kind is BlockKind.CODE:
        return aligned.strip()
    aligned = aligned.substitute(_HARD_HYPHEN, join).substitute(_NUMBER_HYPHEN, "-")
    if has_cells:
        return aligned.substitute(_SPACE_IN_ROW, " ").substitute(_CELL_END, "\t").strip()
    return aligned.substitute(_SPACE, " ").strip()


def _separate_cells(row: AlignedText) -> AlignedText:
    """Set a tab between cells: ranges that do not touch, with no white space where they meet."""
    text = row.text
    cuts = [
        at
        for at in row.interruptions().tolist()
        if not (text[at].isspace() or text[at - 1].isspace())
    ]
    # The tab stands for the cell's last character and itself, so that no text lacks a source.
    return row.replace((at - 1, at, text[at - 1] + "\t") for at in cuts)


def _compatible(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


def _compose(aligned: AlignedText) -> AlignedText:
    """Compose decomposed characters (NFC), each cluster as a whole.

    Marks that would only change places stay: such a cluster could not be told from plain text. So
    does one before a tab that stands for its last mark.
    """
    if unicodedata.is_normalized("NFC", aligned.text):
        return aligned
    text, edits, start = aligned.text, [], 0
    together = [*aligned.together().tolist(), False]
    for at in range(1, len(text) + 1):
        if at == len(text) or not _extends_cluster(text[at]):
            new = unicodedata.normalize("NFC", text[start:at])
            changes = new != text[start:at] and (len(new) != at - start or len(new) == 1)
            if changes and not together[at - 1]:
                edits.append((start, at, new))
            start = at
    return aligned.replace(edits)


def _extends_cluster(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or "\u1160" <= character <= "\u11ff"


def _undo_formulas(aligned: AlignedText) -> AlignedText:
    """Take off the markup of prose that text recognition took for a formula."""
    edits = []
    for match in _FORMULA.finditer(aligned.text):
        edits.append((match.start(), match.start() + 1, ""))
        spaces = _FORMULA_SPACE.finditer(aligned.text, match.start(1), match.end(1))
        edits += [(space.start(), space.end(), " ") for space in spaces]
        edits.append((match.end() - 1, match.end(), ""))
    return aligned.replace(edits)


def _hyphen_rule(source_text: str) -> Callable[[re.Match[str]], str]:
    """Return how to join a word that is broken at a line end.

    The hyphen goes, unless a capital follows or the document writes the word with it elsewhere.
    """
    compounds = {match[0].casefold() for match in _COMPOUND.finditer(source_text)}

    def join(match: re.Match[str]) -> str:
        head, tail = match["head"], match["tail"]
        keeps = not tail[0].islower() or f"{head}-{tail}".casefold() in compounds
        return f"{head}-" if keeps else head

    return join
