"""Code that the webhooks and the echo engine share; it imports neither, and does no I/O after their start."""
