"""A million passages on one machine, measured: ``python -m benchmarks.scale --help``."""
