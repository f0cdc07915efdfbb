"""The NCCO: one description of its actions, from which come the check, the typed actions, and platform.md's table."""
