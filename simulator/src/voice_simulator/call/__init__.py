"""A call from answer to hang-up, its verdict, and all calls of a run."""
