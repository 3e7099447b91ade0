"""The names of workers in the ledger: each says on which machine and in which process it works.

So a pool that starts frees at once what processes of this machine had that are no more, and need not wait for leases to
end. A process is known by its number and by when it was started, as numbers are used again: in a container the next
server often has the very number of the one before.
"""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path


def new_name() -> str:
    """A name for a worker that this process answers for."""
    pid = os.getpid()
    return f"{_host()}-{pid}-{_started(pid)}-{secrets.token_hex(4)}"


def is_gone(name: str) -> bool:
    """Whether the process that answers for that worker is known to be no more. False where this cannot be told."""
    host, *numbers = name.rsplit("-", 3)
    if host != _host() or len(numbers) != 3 or not (numbers[0].isdigit() and numbers[1].isdigit()):
        return False
    pid, started = int(numbers[0]), int(numbers[1])
    return not _runs(pid) or (started != 0 and _started(pid) not in (0, started))


def _host() -> str:
    return socket.gethostname()[:30]


def _runs(pid: int) -> bool:
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _started(pid: int) -> int:
    """When a process started, in ticks since the machine did, proc(5); 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return int(fields[19])
    except (OSError, ValueError, IndexError):
        return 0
