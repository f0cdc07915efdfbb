"""The whole server on this machine, without Docker: its processes, and what they print."""
