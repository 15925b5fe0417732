"""The shapes of requests and replies: they validate the one, and describe both in OpenAPI."""
