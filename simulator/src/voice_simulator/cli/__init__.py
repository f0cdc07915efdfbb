"""The command line and its options."""
