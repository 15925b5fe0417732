"""Fit what follow-up questions carry over: ``python -m benchmarks.follow_ups CANARD``.

CANARD's questions stand in dialogues, and each was rewritten by a person so that it stands alone
(Elgohary et al. 2019, "Can you unpack that?"). Dialogues are divided by the hash of their ids: the
weights are fitted on one half, and the report is on the other. They are for questions that say no
pronoun for what they mean; the rewritten questions are asked too, and carry nothing over. Histories
are CANARD's, as people typed them; and, as in use, of questions as they were understood.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.conversation import refer_back, understand
from assistant.conversation.carrying import Evidence, fit, measure, save
from assistant.records import Turn
from benchmarks.halves import is_held_back
from index.terms import query_terms

_Record = Mapping[str, Any]
_Case = tuple[Evidence, NDArray[np.bool_]]


def run(path: Path) -> None:
    """Fit on one half of the dialogues, and report on the other."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records: list[_Record] = json.load(file)
    halves: tuple[list[_Record], list[_Record]] = [], []
    for record in records:
        halves[is_held_back(record["QuAC_dialog_id"])].append(record)
    fitting, held_back = halves
    save(fit(list(_cases(fitting, records))))
    _report(held_back)


def _cases(part: Sequence[_Record], records: Sequence[_Record]) -> Iterator[_Case]:
    """Yield each question with its history, and its rewrite with that and with another's.

    Histories are given as they were typed, as they were rewritten, and without the title that
    CANARD begins them with: conversations have none.
    """
    rewrites = {(r["QuAC_dialog_id"], r["Question_no"]): r["Rewrite"] for r in records}
    random = Random(5)
    for record in part:
        typed = _history(record)
        rewritten = typed[:1] + [
            Turn(rewrites.get((record["QuAC_dialog_id"], at), turn.question), turn.answer)
            for at, turn in enumerate(typed[1:], 1)
        ]
        meant = set(query_terms(record["Rewrite"]))
        for history in filter(None, (typed, rewritten, rewritten[1:])):
            if not refer_back(record["Question"], history):
                yield _case(record["Question"], history, meant)
            yield _case(record["Rewrite"], history, set())
        other = random.choice(part)
        if other["QuAC_dialog_id"] != record["QuAC_dialog_id"]:
            yield _case(record["Rewrite"], _history(other), set())


def _case(question: str, history: Sequence[Turn], meant: set[str]) -> _Case:
    evidence = measure(question, history)
    return evidence, np.array([term in meant for term in evidence.terms], bool)


def _history(record: _Record) -> list[Turn]:
    """Return the turns before a question; the first is the article's title and section."""
    texts = record["History"]
    answers = [*texts[1::2], ""]
    return [Turn(question, answers[at]) for at, question in enumerate(texts[::2])]


def _report(part: Sequence[_Record]) -> None:
    ways: dict[str, list[tuple[float, float]]] = {
        "as asked": [],
        "as understood": [],
        "as understood, in a row": [],
        "rewritten, as understood": [],
    }
    said: dict[tuple[str, int], str] = {}
    for record in sorted(part, key=_place):
        history, rewrite = _history(record), record["Rewrite"]
        dialog, number = _place(record)
        in_a_row = [
            Turn(said.get((dialog, at), turn.question), turn.answer)
            for at, turn in enumerate(history)
        ]
        said[dialog, number] = understand(record["Question"], in_a_row)
        ways["as asked"].append(_overlap(record["Question"], rewrite))
        ways["as understood"].append(_overlap(understand(record["Question"], history), rewrite))
        ways["as understood, in a row"].append(_overlap(said[dialog, number], rewrite))
        ways["rewritten, as understood"].append(_overlap(understand(rewrite, history), rewrite))
    print(f"{len(part)} questions held back, content words against those of the person's rewrite:")
    for way, overlaps in ways.items():
        f1, recall = (fmean(scores) for scores in zip(*overlaps, strict=True))
        print(f"  {way:<25} F1 {f1:.3f}  recall {recall:.3f}")


def _place(record: _Record) -> tuple[str, int]:
    """Return a question's dialogue, and its number there, from 1."""
    return record["QuAC_dialog_id"], record["Question_no"]


def _overlap(question: str, rewrite: str) -> tuple[float, float]:
    """Return F1 and recall of a question's content words, as search counts them."""
    found, wanted = (Counter(query_terms(text)) for text in (question, rewrite))
    shared = (found & wanted).total()
    return 2 * shared / max(1, found.total() + wanted.total()), shared / max(1, wanted.total())


if __name__ == "__main__":
    run(Path(sys.argv[1]))
