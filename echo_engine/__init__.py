"""The WebSocket server that sends a caller's voice back: one connection is one call, one call is one object."""
