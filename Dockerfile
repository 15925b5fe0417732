# docker build -t assistant .        # with --build-arg EXTRAS=scale for PostgreSQL, Milvus and Dask
# docker run --name assistant --read-only --tmpfs /tmp --cap-drop ALL \
#     --security-opt no-new-privileges --memory 5g --stop-timeout 15 \
#     -v assistant:/home/assistant -v /path/to/documents:/documents:ro \
#     -p 127.0.0.1:8000:8000 assistant
# docker exec assistant assistant token     # what the browser asks for
#
# Only the volume with the index and /tmp are written to. docs/operating.md tells of TLS and backups.
FROM python:3.11-slim

# PyTorch's own index has builds without CUDA, a tenth of the size.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ARG EXTRAS=

# By number, so that a platform can see that it is not root.
RUN useradd --create-home --uid 10001 assistant
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY assistant assistant
COPY index index
COPY web web
RUN pip install --no-cache-dir --extra-index-url "$TORCH_INDEX" --constraint constraints.txt \
    ".${EXTRAS:+[$EXTRAS]}"

USER 10001
WORKDIR /home/assistant
# The index: a volume that is named outlives the container, so that a restart indexes only changes.
VOLUME /home/assistant
# Names under which browsers reach the server: others are refused, against DNS rebinding.
ENV ASSISTANT_ALLOWED_HOSTS=localhost,127.0.0.1 \
    ASSISTANT_LOG_FORMAT=json \
    PYTHONDONTWRITEBYTECODE=1
EXPOSE 8000
# Not ready while it indexes and loads the models. Answered by any name, whatever is allowed above.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10m CMD ["python", "-c", \
    "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/ready', timeout=4)"]
CMD ["sh", "-c", "assistant index /documents && exec assistant serve --host 0.0.0.0"]
