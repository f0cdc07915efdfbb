"""Formats of audio, and frames laid out in time."""
