"""Whether a test set can be trusted: its questions' words, and its answers in the documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.evaluation.matching import Letters, Parts, holds_parts, letters, split_parts
from assistant.testsets.naming import name_documents
from assistant.testsets.problems import Finding, Problem
from assistant.testsets.reading import Fault
from assistant.testsets.records import GoldQuestion, TestSet
from assistant.testsets.wording import check_wording
from index.catalogue.entries import DocumentSummary
from index.records import Document, agree

Open = Callable[[str], Document]


def check(
    test_set: TestSet,
    faults: Sequence[Fault],
    summaries: Sequence[DocumentSummary],
    document: Open,
) -> list[Finding]:
    """Find what is wrong with a test set, question by question; what cannot be read comes first.

    Args:
        test_set: What could be read of it.
        faults: What could not.
        summaries: The documents that it is asked over.
        document: Opens one of them by its id.
    """
    place = {question.id: at for at, question in enumerate(test_set.questions)}
    found = [
        *check_wording(test_set.conversations),
        *_check_documents(test_set, summaries, document),
    ]
    found.sort(key=lambda finding: place[finding.id])
    return [*(Finding(fault.id, fault.kind, str(fault.error)) for fault in faults), *found]


@dataclass(slots=True)
class _Gold:
    """A question with answers, and what has been seen of them in its own documents so far."""

    question: GoldQuestion
    missing: Mapping[str, Parts]
    in_place: bool = False  # an answer stands where it is said to
    unchanged: bool = False  # a file has the digest that is given
    elsewhere: dict[str, str] = field(default_factory=dict)  # missing answer → another document

    @classmethod
    def of(cls, question: GoldQuestion) -> _Gold:
        return cls(question, {answer: split_parts(answer) for answer in question.answers or ()})

    def look(self, document: Document, text: Letters) -> None:
        """Look for the answers in a document that the question names; if it names none, in any."""
        self.missing = {
            answer: parts for answer, parts in self.missing.items() if not holds_parts(text, parts)
        }
        self.in_place |= _is_placed(self.question, document.source_text)
        self.unchanged |= self.question.sha256 in (None, document.sha256)

    def look_elsewhere(self, document: Document, text: Letters) -> None:
        """Look for what is missing in a document that the question does not name."""
        for answer, parts in self.missing.items():
            if answer not in self.elsewhere and holds_parts(text, parts):
                self.elsewhere[answer] = document.path

    def findings(self) -> Iterator[Finding]:
        """Tell what has not been seen; another form of an answer may stand in another document."""
        where = self.question.document
        is_there = len(self.missing) < len(self.question.answers or ())
        for answer in self.missing:
            if answer not in self.elsewhere:
                yield self._finding(
                    Problem.ANSWER_NOT_FOUND,
                    f'the answer "{answer}" does not stand in {where or "the documents"}: write it '
                    "as it stands there, or take it out",
                )
            elif not is_there:
                yield self._finding(
                    Problem.ANSWER_NOT_FOUND,
                    f'the answer "{answer}" does not stand in {where}, but in '
                    f"{self.elsewhere[answer]}: mend the answer or the name of the document",
                )
        if where and not self.unchanged:
            yield self._finding(
                Problem.DOCUMENT_CHANGED,
                f'{where} is not the file whose "sha256" is given: see whether the answer still '
                'holds, then leave out "sha256" and "source_ranges"',
            )
        elif where and self.question.places and not self.in_place:
            yield self._finding(
                Problem.ANSWER_NOT_IN_PLACE,
                f'"source_ranges" do not slice {where} to an answer: mend them or leave them out',
            )

    def _finding(self, kind: Problem, message: str) -> Finding:
        return Finding(self.question.id, kind, message)


def _check_documents(
    test_set: TestSet, summaries: Sequence[DocumentSummary], document: Open
) -> Iterator[Finding]:
    names = name_documents(test_set, summaries)
    yield from _check_names(test_set, frozenset(names.values()))
    found: Mapping[str | None, list[_Gold]] = defaultdict(list)
    for question in test_set.questions:
        if question.answers and (question.document is None or question.document in names.values()):
            found[question.document].append(_Gold.of(question))
    golds = [gold for listed in found.values() for gold in listed]
    for summary in summaries:
        if here := [*found[names.get(summary.id, "")], *found[None]]:
            opened = document(summary.id)
            text = letters(opened.text)
            for gold in here:
                gold.look(opened, text)
    if any(gold.missing for gold in golds):
        for summary in summaries:
            opened = document(summary.id)
            text = letters(opened.text)
            for gold in golds:
                gold.look_elsewhere(opened, text)
    for gold in golds:
        yield from gold.findings()


def _check_names(test_set: TestSet, found: frozenset[str]) -> Iterator[Finding]:
    for question in test_set.questions:
        named = {*test_set.qrels.get(question.id, ()), question.document} - {None}
        for name in sorted(name for name in named if name and name not in found):
            yield Finding(
                question.id,
                Problem.DOCUMENT_NOT_FOUND,
                f"{name} is not among the documents: mend the path, or index the file",
            )


def _is_placed(question: GoldQuestion, source: str) -> bool:
    """Tell whether each place slices a source to an answer."""
    slices = ["".join(source[start:end] for start, end in place) for place in question.places]
    return all(any(agree(text, answer) for answer in question.answers or ()) for text in slices)
