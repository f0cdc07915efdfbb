"""A scenario: a file that says what the caller does, what the network does, and what must come of it."""
