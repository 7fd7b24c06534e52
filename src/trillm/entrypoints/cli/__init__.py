"""The command line: `trillm ask | serve | models | doctor | db`."""

from trillm.entrypoints.cli.main import main

__all__ = ["main"]
