"""Test sets: questions with what is known of their answers, read, drafted and checked."""
