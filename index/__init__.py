"""Documents in, passages found: extraction, cleaning, splitting, indexing and search."""
