"""A Milvus server: where it is, and calls to it that end in a result or in a clear error."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from index.errors import ConfigurationError, SearchServerError

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 60.0  # a batch of upserts may take that long
_SEARCH_SECONDS = 10.0  # of which it takes milliseconds, and somebody waits
_SEARCHES = ("search", "query", "has_collection", "describe_collection")

_NAME = re.compile(r"[A-Za-z_]\w{0,63}", re.ASCII)  # what Milvus takes, with room for a suffix


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """Which server, and what the collections there are called."""

    url: str  # http://host:19530 or https://...
    token: str = field(default="", repr=False)
    collection: str = "assistant"

    def __post_init__(self) -> None:
        """Refuse what no server goes by, before anything is opened or written.

        Raises:
            ConfigurationError: The URL or the collection's name cannot be, or pymilvus is not
                installed.
        """
        if "@" in self.url:  # which is not to be seen in a message
            raise ConfigurationError(
                "search must not hold a user or password: name the server as http://host:19530, "
                "and give them as search_token, user:password"
            )
        try:
            parts = urlsplit(self.url)
            is_server = parts.scheme in ("http", "https") and bool(parts.hostname)
            is_server = is_server and parts.port != 0
        except ValueError:
            is_server = False
        if not is_server:
            raise ConfigurationError(
                f"search cannot be {self.url!r}: leave it out, or name a Milvus server as "
                "http://host:19530"
            )
        if not _NAME.fullmatch(self.collection):
            raise ConfigurationError(
                f"collection cannot be {self.collection!r}: letters, digits and _ alone, no digit "
                "first, at most 64"
            )
        if find_spec("pymilvus") is None:
            raise ConfigurationError(
                "the setting `search` names a Milvus server, and pymilvus is not installed: "
                "pip install 'document-assistant[scale]'"
            )


class MilvusServer:
    """A connection to a server, made when first needed; one that was lost is found again."""

    def __init__(self, address: MilvusAddress) -> None:
        """Connect to nothing yet."""
        self.address = address
        self._client: Any = None
        self._connecting = Lock()

    def call(self, name: str, /, *args: Any, **options: Any) -> Any:
        """Call the client's method ``name`` and return what it does.

        Raises:
            SearchServerError: The server cannot be reached, or refuses.
        """
        pymilvus = _import()
        seconds = _SEARCH_SECONDS if name in _SEARCHES else _ANSWER_SECONDS
        try:
            client = self._connected(pymilvus)
            return getattr(client, name)(*args, timeout=seconds, **options)
        except (pymilvus.MilvusException, OSError, ValueError) as error:
            raise SearchServerError(self._message(error)) from None
        except Exception as error:
            if "grpc" not in type(error).__module__:
                raise
            raise SearchServerError(self._message(error)) from None

    def create(self, name: str, dimension: int, indexes: Mapping[str, str], metric: str) -> None:
        """Make a collection of passages by number, with a dense and a sparse vector each.

        Raises:
            SearchServerError: The server cannot be reached, or refuses.
        """
        pymilvus = _import()
        schema = pymilvus.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("number", pymilvus.DataType.INT64, is_primary=True)
        schema.add_field("dense", pymilvus.DataType.FLOAT_VECTOR, dim=dimension)
        schema.add_field("sparse", pymilvus.DataType.SPARSE_FLOAT_VECTOR)
        params = pymilvus.MilvusClient.prepare_index_params()
        for column, kind in indexes.items():
            params.add_index(column, index_type=kind, metric_type=metric)
        self.call("create_collection", name, schema=schema, index_params=params)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _connected(self, pymilvus: Any) -> Any:
        with self._connecting:
            if self._client is None:
                self._client = pymilvus.MilvusClient(
                    self.address.url,
                    token=self.address.token,
                    timeout=_CONNECT_SECONDS,
                    dedicated=True,
                    # Else a server that is back is not tried while another connection waits.
                    grpc_options={"grpc.use_local_subchannel_pool": 1},
                )
            return self._client

    def _message(self, error: Exception) -> str:
        details = getattr(error, "details", None)  # of an error of gRPC
        said = details() if callable(details) else getattr(error, "message", "")
        [said, *_] = str(said or error).strip().splitlines() or [type(error).__name__]
        return (
            f"Milvus at {self.address.url}: {said}: see that it runs there, and that the setting "
            "`search` names it; what was indexed is safe in the catalogue"
        )


def _import() -> Any:
    """Import pymilvus where it is first used, and keep its own log out of ours."""
    import pymilvus

    for name in ("pymilvus", "pymilvus.milvus_client"):  # they write tracebacks of what we tell
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return pymilvus
