"""What the webhooks and the echo engine both import; imports neither, and does no I/O once they have started."""
