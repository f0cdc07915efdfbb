"""What the webhooks and the echo engine both import; does no I/O and imports neither."""
