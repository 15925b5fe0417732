"""Measure the assistant on a test set: retrieval, answers, citations and latency."""
