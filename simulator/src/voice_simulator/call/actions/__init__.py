"""The actions of an NCCO, but for the connect to a WebSocket (platform.md, 2.2 and 2.4)."""
