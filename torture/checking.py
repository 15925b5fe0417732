"""Whether an index keeps its promises: what it holds, what it finds and what it cites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path

from assistant.answering import Assistant
from assistant.records import Answer, Citation, Question
from index.errors import IndexMissingError
from index.store import Store
from torture.models import HashingEmbedder, SharedWordsReader

Versions = Mapping[str, Mapping[str, str]]  # all that files ever held, by name and hash
Held = dict[str, str]  # hashes by name


@dataclass(frozen=True, slots=True)
class Promise:
    """What an index must hold.

    Attributes:
        allowed: By name, the hashes that a document may have; "" where it may be missing.
        versions: What its citations may be of.
        questions: What it is asked.
    """

    allowed: Mapping[str, Sequence[str]]
    versions: Versions
    questions: Sequence[str]


def check(folder: Path, promise: Promise) -> tuple[Held, list[str]]:
    """Check an index as its next user would find it.

    Returns:
        What it holds, and each promise that it breaks.
    """
    embedder = HashingEmbedder()
    try:
        store = Store.open(folder, embedder_name=embedder.name)
    except IndexMissingError:  # killed before it was made
        return {}, [*_lost({}, promise.allowed)]
    with store:
        held = {summary.path: summary.sha256 for summary in store.documents()}
        faults = [*_lost(held, promise.allowed), *store.verify(), *_untrue(store)]
        with store.writing():
            pass  # nobody who was killed holds the lock
        assistant = Assistant(store, embedder, SharedWordsReader())
        for question in promise.questions:
            faults += miscited(assistant.ask(Question(question)), promise.versions)
    return held, faults


def miscited(answer: Answer, versions: Versions) -> Iterator[str]:
    """Yield which quotes of an answer its files never held where it says, a line each."""
    alternatives = (other.citation for other in answer.alternatives)
    for citation in chain(answer.citations, alternatives):
        text = versions.get(citation.path, {}).get(citation.sha256)
        if text is None or not _is_sliced(citation, text):
            yield f"{citation.path}: {citation.quote!r} is cited and is not in the file"
    for passage in answer.passages:
        texts = versions.get(passage.path, {}).values()
        wanted = "".join(passage.text.split())
        if not any(wanted == "".join(sliced(text, passage.source_ranges)) for text in texts):
            yield f"{passage.path}: {passage.text[:60]!r} is shown and is not in the file"


def _lost(held: Held, allowed: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name, hashes in allowed.items():
        if held.get(name, "") not in hashes:
            yield f"{name} was acknowledged and is lost"
    for name in held.keys() - allowed.keys():
        yield f"{name} is in the index and was never there"


def _untrue(store: Store) -> Iterator[str]:
    """Yield which documents' texts are not what their files' hashes say."""
    for summary in store.documents():
        text = store.document(summary.id).source_text
        if sha256(text.encode()).hexdigest() != summary.sha256:
            yield f"{summary.path}: its text is not of the file with its hash"


def _is_sliced(citation: Citation, text: str) -> bool:
    return "".join(citation.quote.split()) == "".join(sliced(text, citation.source_ranges))


def sliced(text: str, ranges: Sequence[Sequence[int]]) -> list[str]:
    """Return the words that ranges of a text hold."""
    return "".join(text[start:end] for start, end in ranges).split()
