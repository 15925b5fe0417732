"""What those who keep the server running ask of it: health, readiness and metrics."""

from __future__ import annotations

from flask import Blueprint, Response, g
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from werkzeug.exceptions import ServiceUnavailable

from index.errors import IndexFolderError
from web.bodies import reply
from web.current import assistant, served
from web.queueing import RETRY_AFTER
from web.readiness import Stage
from web.schema.operating import Health, Ready

operating = Blueprint("operating", __name__)


@operating.get("/health")
def health() -> Response:
    """Tell that the server answers, and from what to those who may know."""
    if not g.is_let_in:
        return Response(
            Health(status="ok").model_dump_json(exclude_unset=True), mimetype="application/json"
        )
    with assistant().store.catalogue.reading() as rows:
        counts = rows.counts()
        return reply(
            Health(
                status="ok",
                documents=counts.documents,
                passages=counts.passages,
                generation=rows.state.generation,
            )
        )


@operating.get("/ready")
def ready() -> Response:
    """Tell whether questions may be sent: the models are loaded and the index opens."""
    stage = served().readiness.stage
    if stage is not Stage.READY:
        raise ServiceUnavailable(f"The server is {stage}.", retry_after=RETRY_AFTER)
    try:
        _ = assistant().store.generation
    except IndexFolderError as error:
        raise ServiceUnavailable("The index cannot be read.", retry_after=RETRY_AFTER) from error
    return reply(Ready(status="ready"))


@operating.get("/metrics")
def metrics() -> Response:
    """Tell what has been counted since the start."""
    return Response(generate_latest(served().metrics.registry), content_type=CONTENT_TYPE_LATEST)
