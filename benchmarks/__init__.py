"""The engine beside other echo servers: one run, one load, one table."""
