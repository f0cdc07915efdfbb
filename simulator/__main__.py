"""Starts the command line: `python -m simulator`."""

from __future__ import annotations

import sys

from simulator.commands.command_line import main

if __name__ == "__main__":
    sys.exit(main())
