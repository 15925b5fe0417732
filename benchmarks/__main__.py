"""Run every benchmark, or those named: ``python -m benchmarks [NAME...]``."""

from __future__ import annotations

import sys

from benchmarks import Measurement, asking, embedding, indexing, keywords, pages, reading, vectors

BENCHMARKS = {
    "embedding": embedding.run,
    "vectors": vectors.run,
    "keywords": keywords.run,
    "reading": reading.run,
    "asking": asking.run,
    "pages": pages.run,
    "indexing": indexing.run,
}


def main() -> None:
    """Print each measurement as soon as it is made."""
    for name in sys.argv[1:] or BENCHMARKS:
        if name not in BENCHMARKS:
            sys.exit(f"no benchmark {name!r}: there are {', '.join(BENCHMARKS)}")
        for measurement in BENCHMARKS[name]():
            print(_line(measurement), flush=True)


def _line(measurement: Measurement) -> str:
    note = f"   ({measurement.note})" if measurement.note else ""
    return f"{measurement.name:60}{measurement.value:12,.2f} {measurement.unit}{note}"


if __name__ == "__main__":
    main()
