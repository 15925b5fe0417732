from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# An audit hook sees every Python socket, whichever library opens it.
PROGRAM = """
import json, sys, threading, urllib.request
from pathlib import Path

def refuse(event, arguments):
    if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host not in ("127.0.0.1", "::1", "localhost", "0.0.0.0"):
        print("reached for", host, file=sys.stderr)
        raise ConnectionRefusedError(host)

sys.addaudithook(refuse)

from assistant.config import Settings
from assistant.conversation.conversations import Conversations
from assistant.opening import open_assistant, open_embedder, open_store
from index.ingest import index
from web import create_app
from web.serving import bind

settings = Settings(index=Path("index"))
embedder = open_embedder(settings)
with open_store(settings, embedder, create=True) as store:
    list(index(store, [Path("docs")], embedder=embedder))
with open_assistant(settings, embedder) as assistant:
    server = bind(create_app(assistant, Conversations(settings.index)), port=0)
    threading.Thread(target=server.run, daemon=True).start()
    body = json.dumps({"question": "Who built the pier?", "max_error": 1}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(server.url + "ask", data=body, headers=headers)
    print(urllib.request.urlopen(request).read().decode())
    server.stop()
"""


@pytest.mark.slow
@pytest.mark.model
def test_indexing_and_asking_reach_for_no_other_host(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "pier.txt").write_text("The pier was built by Anders Lund in 1861.\n")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(done.stdout)
    assert answer["answer"] == "Anders Lund"
    assert answer["mode"] == "hybrid"
    assert "reached for" not in done.stderr
