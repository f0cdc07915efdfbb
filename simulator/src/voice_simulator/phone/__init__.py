"""A caller in a browser: the page, and the server that stands between the page and the simulated platform.

`protocol` says what goes over the page's WebSocket.
"""
