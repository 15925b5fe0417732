"""Threads that each run a model on one core of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier


def start_workers(count: int, name: str) -> ThreadPoolExecutor:
    """Start threads in which torch uses one core each; it goes on using all in the others."""
    import torch

    started = Barrier(count + 1)

    def keep_to_one_core() -> None:
        torch.get_num_threads()  # a thread that never asked would be reset at its first operation
        torch.set_num_threads(1)
        started.wait()

    workers = ThreadPoolExecutor(count, name, keep_to_one_core)
    for _ in range(count):
        workers.submit(int)
    started.wait()
    torch.set_num_threads(count)  # the setting is also that of threads yet to come
    return workers
