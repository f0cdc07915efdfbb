"""The whole server on this machine, without Docker: the processes of the Procfile, and what they print."""
