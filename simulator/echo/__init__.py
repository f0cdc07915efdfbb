"""The check of an echo: a mark in each frame, and a ledger of the frames."""
