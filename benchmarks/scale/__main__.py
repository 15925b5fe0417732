"""Measure indexes of up to a million passages; prints tables for ``docs/scale.md``."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import matmul_rate
from benchmarks.scale import enlarged, kinds, ours, real, stored
from benchmarks.scale.processes import apart, drop_from_memory
from benchmarks.scale.tables import Table
from index.embedding import load_embedder

_HELP = """
Real passages are split from the SQuAD files and embedded once, which takes half an hour on two
cores; --folder keeps them, and --again measures without embedding. They are repeated, each time
with noise in the vector (a cosine of 0.93 to the real one) and 15% of the words changed, until
there are as many as --sizes asks for. Recall@10 is measured against exact search over all of those
vectors. Questions are the files' own. Everything is measured in processes of its own, which do
nothing else. A million passages take 4 GB of memory, 10 GB in the folder, and an hour.
"""
SIZES = [10_000, 100_000, 1_000_000]
STORED = 100_000  # passages of the index that is made whole, with its catalogue

BUILT = "passages | search | build, s | most memory, GB | disk, GB"
OPENED = "passages | open, from disk, s | open again, s | memory then, GB | memory serving, GB"
SEARCHED = "passages | search | first, ms | median, ms | 95%, ms | recall@10"
COMMITTED = (
    "passages | committed a second | most memory, GB | catalogue, GB | caches, GB | "
    "first search, s | search, ms | memory, GB"
)
KINDS = (
    "passages | FAISS index | build, s | most memory, GB | disk, GB | open, s | memory, GB | "
    "first, ms | median, ms | 95%, ms | recall@10"
)


def main() -> None:
    """Prepare what is measured, then measure size by size and print each table when it is done."""
    asked = _arguments()
    home: Path = asked.folder or Path(tempfile.mkdtemp(prefix="scale-"))
    if not asked.again:
        real.prepare(home, asked.files, load_embedder())
    passages = real.load(home)
    kept = home / "vectors.npy"
    enlarged.write_vectors(kept, passages, max(asked.sizes))
    products = apart(matmul_rate), apart(matmul_rate, bfloat16=True)
    rates = Table("real passages | embedded a second | matrix product, GFLOP/s | in bfloat16")
    rates.add(len(passages.texts), passages.embedded_a_second, *products)
    print(rates, flush=True)
    _searches(home, kept, asked.sizes)
    _whole(home, kept)
    _kinds(home, kept, asked.sizes)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scale",
        description=__doc__,
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="SQUAD_FILE", help="may be gzipped")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="keep everything there")
    parser.add_argument("--again", action="store_true", help="measure what DIR holds already")
    sizes = "passages, fewest first: rank-bm25 is measured at the first alone"
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, metavar="N", help=sizes)
    asked = parser.parse_args()
    if asked.again and asked.folder is None:
        parser.error("--again needs the --folder that an earlier run kept")
    if not asked.again and not asked.files:
        parser.error("name at least one SQuAD file to take passages and questions from")
    return asked


def _searches(home: Path, kept: Path, sizes: Sequence[int]) -> None:
    """Measure our two searches."""
    built, opened, searched = Table(BUILT), Table(OPENED), Table(SEARCHED)
    for size in sizes:
        folder, nearest = home / f"index-{size}", home / f"nearest-{size}.npy"
        apart(enlarged.write_nearest, nearest, kept, size, real.load_questions(home).vectors)
        built.add(size, "vectors", *apart(ours.build_vectors, kept, folder, size))
        built.add(size, "keywords", *apart(ours.build_keywords, home, folder, size))
        drop_from_memory(folder)
        cold, warm = apart(ours.open_both, folder), apart(ours.open_both, folder)
        served = apart(ours.serve, home, folder, nearest)
        opened.add(size, cold.seconds, warm.seconds, warm.resident, served.resident)
        searched.add(size, "dense", *served.dense, served.recall)
        searched.add(size, "keywords", *served.keywords)
        searched.add(size, "both", *served.both)
        searched.add(size, "both, and for their fusion", *served.ranked)
    searched.add(sizes[0], "rank-bm25", None, apart(ours.rank_bm25_ms, home, sizes[0]))
    for table in (built, opened, searched):
        print(table, flush=True)


def _whole(home: Path, kept: Path) -> None:
    """Measure an index with its catalogue."""
    with tempfile.TemporaryDirectory(dir=home) as folder:
        made = apart(stored.commit, home, kept, Path(folder), STORED)
        asked = apart(stored.ask, home, Path(folder))
    committed = Table(COMMITTED)
    committed.add(*made, *asked)
    print(committed, flush=True)


def _kinds(home: Path, kept: Path, sizes: Sequence[int]) -> None:
    """Measure FAISS's own kinds of index."""
    table = Table(KINDS)
    for size in sizes:
        for kind in kinds.KINDS:
            with tempfile.TemporaryDirectory(dir=home) as folder:
                path = Path(folder) / "index.faiss"
                built = apart(kinds.build, kind, kept, path, size)
                for effort in kinds.EFFORTS.get(kind, (None,)):
                    label = kind if effort is None else f"{kind}, efSearch {effort}"
                    served = apart(
                        kinds.search, home, path, home / f"nearest-{size}.npy", effort=effort
                    )
                    times = served.opening, served.resident, *served.search, served.recall
                    table.add(size, label, *built, *times)
    print(table, flush=True)


if __name__ == "__main__":
    main()
