"""A server over real documents with the real models, for those who look at its pages."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread

from assistant.answering import Assistant
from assistant.confidence import CALIBRATION_FILE, Calibration
from assistant.config import Settings
from assistant.conversation.conversations import Conversations
from assistant.opening import READER_FOLDER, open_reader
from assistant.records import Question
from assistant.suggester import Suggester
from index.embedding import load_embedder
from index.ingest import index
from index.store import Store
from web import create_app
from web.serving import bind

CHROMIUM = Path("/usr/bin/chromium")
SAMPLE = Path("documents")


@contextmanager
def served(documents: Path) -> Iterator[str]:
    """Index a folder, serve it, and yield the address."""
    embedder = load_embedder()
    with (
        tempfile.TemporaryDirectory() as home,
        Store.open(Path(home), embedder_name=embedder.name, create=True) as store,
        closing(Conversations(Path(home))) as conversations,
    ):
        for _ in index(store, [documents], embedder=embedder):
            pass
        calibration = Calibration.load(READER_FOLDER / CALIBRATION_FILE)
        assistant = Assistant(store, embedder, open_reader(Settings()), calibration)
        assistant.ask(Question("What is this about?"))  # loads the models
        with closing(Suggester(assistant)) as suggester:
            app = create_app(assistant, conversations, suggester=suggester)
            server = bind(app, port=0)
            thread = Thread(target=server.run)
            thread.start()
            try:
                yield server.url
            finally:
                server.stop()
                thread.join()
