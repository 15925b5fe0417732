FROM python:3.11-slim

# PyTorch's own index has builds without CUDA, a tenth of the size.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu

RUN useradd --create-home assistant
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY assistant assistant
COPY index index
COPY web web
RUN pip install --no-cache-dir --extra-index-url "$TORCH_INDEX" --constraint constraints.txt .

USER assistant
WORKDIR /home/assistant
# The index: a volume that is named outlives the container, so that a restart indexes only changes.
VOLUME /home/assistant
# Names under which browsers reach the server: others are refused, against DNS rebinding.
ENV ASSISTANT_ALLOWED_HOSTS=localhost,127.0.0.1
EXPOSE 8000
# docker run -v /path/to/documents:/documents:ro -v assistant:/home/assistant \
#     -p 127.0.0.1:8000:8000 IMAGE
CMD ["sh", "-c", "assistant index /documents && exec assistant serve --host 0.0.0.0"]
