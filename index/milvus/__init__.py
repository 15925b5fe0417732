"""The two searches on a Milvus server, shared by all who read and write one catalogue."""
