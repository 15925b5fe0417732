"""The two searches on a Milvus server, which the writer of the catalogue keeps in step with it.

Readers never write there. The commit that a collection is brought to is noted on the server before,
so that a catalogue from a backup knows a collection that went another way, and in the catalogue
after; what a killed writer had begun is done again by the next one, to the same end.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from secrets import token_hex
from time import time

from index.catalogue import SERVED, Catalogue
from index.catalogue.readings import Reading
from index.catalogue.searching import Collection, Statistics
from index.errors import SearchServerError
from index.keywords.bm25 import Corpus
from index.milvus.collection import MilvusCollection
from index.milvus.counting import count, parts_since
from index.milvus.searching import MilvusDense, MilvusKeywords, NothingThere
from index.milvus.server import MilvusAddress, MilvusServer
from index.store.searches import Condition, Standing

_logger = logging.getLogger(__name__)

_FEW = 1_000  # so few passages are counted at the end of each run: it takes a second
_STILL_SEARCHED_SECONDS = 60.0  # a reading that began before the switch has ended by then


class MilvusSearches:
    """Both searches in one collection, at the generation that the writer has brought it to."""

    def __init__(
        self,
        folder: Path,
        catalogue: Catalogue,
        embedder_name: str | None,
        *,
        address: MilvusAddress,
    ) -> None:
        self._folder = folder
        self._catalogue = catalogue
        self._embedder_name = embedder_name
        self._server = MilvusServer(address)
        self._is_lost = False  # the server, in this run
        self._has_begun = False  # to count, in this run
        self._has_followed = False  # so that history may be forgotten

    @property
    def place(self) -> str:
        """Where they are, in words."""
        address = self._server.address
        with self._catalogue.reading() as rows:
            here = rows.collection()
        return f"Milvus at {address.url}, collection {here.name if here else address.collection}"

    @contextmanager
    def standing(self) -> Iterator[Standing]:
        """Hold one generation, and the searches with what they know of it.

        Raises:
            SearchServerError: There are passages, and no collection of them.
        """
        with self._catalogue.reading() as rows:
            here, statistics = rows.collection(), rows.statistics
            if here is None or statistics is None or not self._is_ours(here):
                yield self._without_collection(rows)
                return
            collection = self._collection(here)
            fits = here.embedder == rows.state.embedder == self._embedder_name
            dense = MilvusDense(rows, collection) if fits else None
            keywords = MilvusKeywords(rows, collection, statistics)
            yield Standing(rows, dense, keywords, nullcontext())

    def committed(self) -> None:
        """Bring the collection to the last commit; if the server is lost, leave it for later."""
        if not self._is_lost:
            self._follow_if_there()

    def written(self) -> None:
        """Bring the collection to the last commit, counting terms anew if too few were counted."""
        self._is_lost = False
        self._follow_if_there(is_end=True)
        self._has_begun = False

    def is_settled(self) -> bool:
        """Tell whether there is no history to be forgotten."""
        return not self._has_followed

    def settle(self) -> None:
        """Forget the history that the collection has behind it."""
        with self._catalogue.reading() as rows:
            here, history = rows.collection(), rows.state.history
        if here is not None and self._is_ours(here) and here.generation > history:
            self._catalogue.forget_history(here.generation)

    def close(self) -> None:
        """Close the connection."""
        self._server.close()

    def examine(self) -> Condition:
        """Compare the collection with the catalogue."""
        try:
            with self._catalogue.reading() as rows:
                found, then = self._condition(rows), (rows.state.generation, rows.collection())
            with self._catalogue.reading() as rows:
                is_still_so = then == (rows.state.generation, rows.collection())
        except SearchServerError as error:
            return Condition((str(error),))
        # Else the server was ahead of what was read, and what differs is no fault.
        return found if is_still_so else Condition((), found.lags)

    def rebuild(self) -> None:
        """Make a new collection from the catalogue, its terms counted anew, and search that one.

        The one before stays until no reading can search it any more.
        """
        with self._catalogue.reading() as rows:
            version = rows.statistics.version + 1 if rows.statistics else 1
            corpus, frequencies = count(rows)
            made = self._make(rows, corpus)
            with self._catalogue.noting() as notes:
                notes.replace_statistics(
                    corpus, frequencies, version=version, generation=rows.state.generation
                )
                notes.search_collection(made.name)
        self._has_followed = True
        self._drop_left_over()

    def recount(self) -> None:
        """Count anew what terms weigh: every passage is weighed anew with that."""
        self.rebuild()

    def _follow_if_there(self, *, is_end: bool = False) -> None:
        try:
            self._follow(is_end=is_end)
        except SearchServerError as error:
            self._is_lost = True
            _logger.warning("%s; the next run brings it up to date", error)

    def _follow(self, *, is_end: bool) -> None:
        with self._catalogue.reading() as rows:
            here, statistics = rows.collection(), rows.statistics
            if here is None or statistics is None or self._fault(rows, here):
                is_new = True
                self._has_begun |= statistics is None
            else:
                is_new = is_end and self._is_outgrown(rows, statistics)
                if not is_new and here.mark != rows.state.mark:
                    self._bring(rows, here, statistics.corpus)
        if is_new:
            self.rebuild()
        elif is_end:
            self._drop_left_over()

    def _is_outgrown(self, rows: Reading, statistics: Statistics) -> bool:
        """Tell whether too few of the passages were counted to stand for all."""
        if statistics.generation == rows.state.generation:
            return False
        due = max(_FEW, rows.counts().passages / 2)
        return self._has_begun or statistics.corpus.passages < due

    def _make(self, rows: Reading, corpus: Corpus) -> Collection:
        """Make a collection of all passages, which is not searched yet."""
        state = rows.state
        name = f"{self._server.address.collection}_{token_hex(4)}"
        made = Collection(name, state.embedder, state.generation, state.mark)
        with self._catalogue.noting() as notes:
            notes.add_collection(made)
        (self._folder / SERVED).touch()
        collection = self._collection(made)
        collection.create(state.dimension)
        collection.head_for(state.generation, state.mark)
        for part in parts_since(self._catalogue, rows, 0, corpus):
            collection.upsert(*part)
        return made

    def _bring(self, rows: Reading, here: Collection, corpus: Corpus) -> None:
        """Bring a collection to the generation of a reading, and note that it is there."""
        collection, state = self._collection(here), rows.state
        collection.head_for(state.generation, state.mark)
        for part in parts_since(self._catalogue, rows, here.generation, corpus):
            collection.upsert(*part)
        # Of all that went: what came since may have been put there by a writer that was killed.
        collection.delete(rows.gone_since(here.generation))
        with self._catalogue.noting() as notes:
            notes.reach(here.name, state.generation, state.mark)
        self._has_followed = True

    def _drop_left_over(self) -> None:
        """Drop what was searched before, or begun by a writer that was killed."""
        with self._catalogue.noting() as notes:
            names = notes.left_over(before=time() - _STILL_SEARCHED_SECONDS)
        for name in names:
            MilvusCollection(self._server, name).drop()
            with self._catalogue.noting() as notes:
                notes.forget_collection(name)

    def _fault(self, rows: Reading, here: Collection) -> str:
        """Return why a collection cannot be brought to the catalogue's generation; "" if it can."""
        collection = self._collection(here)
        if not self._is_ours(here) or not collection.is_there():
            return "is not there"
        if here.embedder != rows.state.embedder:
            return f"has vectors of {here.embedder or 'no embedder'}"
        if here.generation < rows.state.known_since:
            return "is too old to be brought forward"
        for generation, mark in ((here.generation, here.mark), collection.heading()):
            if not mark or rows.mark_of(generation) != mark:
                return "is of another history"
        return ""

    def _condition(self, rows: Reading) -> Condition:
        here, statistics = rows.collection(), rows.statistics
        if here is None or statistics is None:
            passages = rows.counts().passages
            return Condition((f"{self.place}: {_EMPTY}",) if passages else ())
        if fault := self._fault(rows, here):
            return Condition((f"{self.place} {fault}: {_MEND}",))
        if behind := rows.state.generation - here.generation:
            return Condition((), (f"{self.place} is {behind} commits behind: {_CATCH_UP}",))
        held, due = len(self._collection(here)), rows.counts().passages
        if held != due:
            return Condition((f"{self.place} holds {held} passages of {due}: {_MEND}",))
        added, removed = statistics.changed()
        drift = f"{added} passages came and {removed} went since the terms were counted"
        return Condition((), (f"{drift}: {_RECOUNT}",) if added or removed else ())

    def _without_collection(self, rows: Reading) -> Standing:
        if rows.counts().passages:
            raise SearchServerError(f"{self.place}: {_EMPTY}")
        return Standing(rows, None, NothingThere(), nullcontext())

    def _is_ours(self, here: Collection) -> bool:
        """Tell whether a collection goes by the name that the settings give."""
        return here.name.rpartition("_")[0] == self._server.address.collection

    def _collection(self, here: Collection) -> MilvusCollection:
        return MilvusCollection(self._server, here.name)


_MEND = "mend it with `assistant doctor --repair`"
_EMPTY = f"nothing of this index is there: {_MEND}"
_CATCH_UP = "the next run of `assistant index` brings it up to date"
_RECOUNT = "`assistant recount` counts them anew"
