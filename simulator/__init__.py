"""Plays the telephony platform and its callers, so that everything can be tried and measured without a phone."""
