"""Passages in, cited answers out: reading, confidence, conversation and evaluation."""
