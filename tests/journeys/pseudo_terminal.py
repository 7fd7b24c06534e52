"""A terminal of its own for one command, as a person sits before it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from typing import Self

SECONDS = 60
# the command gets the terminal as its controlling one, so that a typed Ctrl-C becomes its SIGINT
LAUNCH = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


class PseudoTerminal:
    """Runs a command on a terminal of `columns` by 40; what it writes is read as text, escape sequences included."""

    def __init__(self, command: list[str], environment: dict[str, str], columns: int = 120) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *command],
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._seen = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(SECONDS)
        os.close(self._master)

    @property
    def returncode(self) -> int | None:
        return self._process.returncode

    def write(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def read_until(self, text: str) -> str:
        """Read until the text has come; returns all that was read until then."""
        while text.encode() not in self._seen:
            assert self._read(), f"it ended without {text!r}: {self._seen.decode(errors='replace')}"
        return self._seen.decode(errors="replace")

    def read_until_end(self) -> str:
        """Read until the command has ended; returns all that was ever read."""
        while self._read():
            pass
        self._process.wait(SECONDS)
        return self._seen.decode(errors="replace").replace("\r\n", "\n")

    @staticmethod
    def plain(text: str) -> str:
        """Return the text without colours and cursor movements."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], SECONDS)
        assert ready, f"nothing came in {SECONDS} s after: {self._seen[-2000:].decode(errors='replace')}"
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux's end of a terminal whose command has gone
            return False
        self._seen += data
        return bool(data)
