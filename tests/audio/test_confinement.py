"""What a confined process tries, and is refused: by each fence alone where it is to hold alone, and by all of them."""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scribe.audio import confinement

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="fences of Linux")
ROOT = Path(confinement.__file__).parents[2]
X86 = platform.machine() == "x86_64"

START = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import ctypes, json, mmap, os, resource, signal, socket, time, _thread, threading
from scribe.audio import confinement
libc = ctypes.CDLL(None, use_errno=True)
def system_call(*numbers):
    if libc.syscall(*map(ctypes.c_long, numbers)) < 0:
        raise OSError(ctypes.get_errno(), "refused")
attempts = dict((name, compile(code, name, "exec")) for name, code in json.loads(sys.argv[1]).items())
held = None
"""
FINISH = """
for name, attempt in attempts.items():
    outcome = "done"
    try:
        exec(attempt)
    except (OSError, RuntimeError, MemoryError, ValueError) as error:
        outcome = "refused " + str(getattr(error, "errno", "") or "")
    except BaseException as error:
        outcome = "a slip: " + repr(error)
    os.write(1, (json.dumps([name, outcome]) + chr(10)).encode())
"""
FENCES = {
    "none": "",
    "all": "held = confinement.confine(2**30, 60)",
    "files": "confinement.close_files()",
    "system calls": "confinement.close_calls()",
    "user": "confinement.become_nobody()",
    "network": "confinement.leave_network()",
}


@dataclass(frozen=True)
class Place:
    """What a process that is not confined can reach."""

    folder: Path
    port: int
    parent: int

    @property
    def names(self) -> dict[str, object]:
        return {
            "key": str(self.folder / "key"),
            "victim": str(self.folder / "victim"),
            "new": str(self.folder / "new"),
            "unix": str(self.folder / "socket"),
            "port": self.port,
            "parent": self.parent,
        }


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Files of this user, two servers, and a process that could be read or ended."""
    folder = tmp_path_factory.mktemp("c")
    (folder / "key").write_text("secret")
    (folder / "key").chmod(0o600)
    (folder / "victim").write_text("a visit")
    with socket.socket(socket.AF_UNIX) as unix, socket.socket() as inet:
        unix.bind(str(folder / "socket"))
        unix.listen()
        inet.bind(("127.0.0.1", 0))
        inet.listen()
        with subprocess.Popen(["sleep", "600"]) as other:
            yield Place(folder, inet.getsockname()[1], other.pid)
            assert other.poll() is None, "it was ended"
            other.kill()
    assert (folder / "victim").read_text() == "a visit"
    assert not (folder / "new").exists()


def tried(attempts: dict[str, str], place: Place, fence: str = "all") -> dict[str, str]:
    """How each attempt ends behind `fence`. The test is skipped where the system does not have that fence."""
    named = {name: code.format(**place.names) for name, code in attempts.items()}
    process = subprocess.run(
        [sys.executable, "-I", "-c", START + FENCES[fence] + FINISH, json.dumps(named)],
        capture_output=True,
        text=True,
        check=False,
    )
    if "Error" in process.stderr:
        pytest.skip(f"this system does not have it: {process.stderr.splitlines()[-1]}")
    return {"exit": str(process.returncode), **dict(json.loads(line) for line in process.stdout.splitlines())}


def let_through(attempts: dict[str, str], place: Place, fence: str = "all") -> dict[str, str]:
    """Those that were not refused, and those after which the process was not there any more."""
    outcomes = tried(attempts, place, fence)
    return {name: outcomes.get(name, "?") for name in attempts if not outcomes.get(name, "?").startswith("refused")}


READ = {
    "a key of this user": "open({key!r}).read()",
    "a folder": "os.listdir('/')",
    "the variables of another process": "open('/proc/{parent}/environ').read()",
    "the memory of another process": "open('/proc/{parent}/mem', 'rb')",
}
CHANGE = {
    "a new file": "open({new!r}, 'wb')",
    "a file that is there": "open({victim!r}, 'r+b')",
    "delete": "os.unlink({victim!r})",
    "rename": "os.rename({victim!r}, {new!r})",
    "a new folder": "os.mkdir({new!r})",
    "a link": "os.symlink('/', {new!r})",
    "a hard link": "os.link({victim!r}, {new!r})",
    "cut off": "os.truncate({victim!r}, 0)",
}
RUN = {
    "another program": "os.execv('/bin/true', ['true'])",
    "a shell": "os.posix_spawn('/bin/sh', ['sh', '-c', 'true'], {{}})",
}
CALLS = {
    "permissions": "os.chmod({victim!r}, 0o777)",
    "times": "os.utime({victim!r})",
    "another folder": "os.chdir('/')",
    "whether a file exists": "os.stat({victim!r})",
    "a Unix socket": "socket.socket(socket.AF_UNIX).connect({unix!r})",
    "a pair of sockets": "socket.socketpair()",
    "TCP": "socket.socket().connect(('127.0.0.1', {port}))",
    "UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'secret', ('127.0.0.1', {port}))",
    "a process": "os.fork() or os._exit(0)",
    "a thread": "_thread.start_new_thread(int, ())",
    "end another process": "os.kill({parent}, signal.SIGTERM)",
    "ask for another process": "os.kill({parent}, 0)",
    "code in new memory": "mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)",
    "a file in memory": "os.memfd_create('x')",
    "another user": "os.setuid(12345)",
    "lift a limit": "resource.setrlimit(resource.RLIMIT_CPU, (9, 9))",
    "a path": "os.open('/', os.O_PATH)",
}
NUMBERS = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "mount": (165, 40),
    "unshare": (272, 97),
    "setns": (308, 268),
    "pidfd_open": (434, 434),
    "clone3": (435, 435),
    "socket": (41, 198),
    "prctl": (157, 167),
    "x32 write": (0x40000001, 0x40000001),
}
EVERYTHING = READ | CHANGE | RUN | CALLS


def test_a_confined_process_can_do_nothing_else(place: Place) -> None:
    assert let_through(EVERYTHING, place) == {}


def test_seccomp_holds_alone(place: Place) -> None:
    assert let_through(EVERYTHING, place, "system calls") == {}


def test_seccomp_refuses_every_call_that_it_does_not_name(place: Place) -> None:
    """With EPERM, of the filter: the kernel would find other faults with these arguments."""
    calls = {name: f"system_call({pair[0 if X86 else 1]}, 0, 0, 0, 0, 0, 0)" for name, pair in NUMBERS.items()}
    outcomes = tried(calls, place, "system calls")
    assert {name: outcomes[name] for name in calls} == dict.fromkeys(calls, "refused 1")


def test_landlock_holds_alone(place: Place) -> None:
    assert let_through(READ | CHANGE | RUN, place, "files") == {}


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may become somebody else")
def test_another_user_holds_alone(place: Place) -> None:
    readable = READ | CHANGE
    del readable["a folder"]  # anybody may read the root of the file system
    assert let_through(readable, place, "user") == {}


def test_no_network_holds_alone(place: Place) -> None:
    assert let_through({"TCP": CALLS["TCP"]}, place, "network") == {}


def test_the_same_works_where_nothing_is_confined(place: Place) -> None:
    """So that a refusal above is one of the fence, and not of a slip in the attempt."""
    names = ["a key of this user", "a folder", "a Unix socket", "TCP", "UDP", "ask for another process", "a thread"]
    outcomes = tried({name: EVERYTHING[name] for name in names}, place, "none")
    assert {outcomes[name] for name in names} == {"done"}


def test_memory_is_bounded(place: Place) -> None:
    assert let_through({"memory": "bytes(2**31)"}, place) == {}


def test_what_computing_needs_is_left(place: Place) -> None:
    code = "data = bytearray(2**24); data += bytes(2**22); os.urandom(8); threading.Lock().acquire(); time.sleep(0.001)"
    assert tried({"sum": code}, place) == {"sum": "done", "exit": "0"}


def test_an_abort_still_ends_the_process(place: Place) -> None:
    assert tried({"abort": "os.abort()"}, place, "system calls") == {"exit": str(-signal.SIGABRT)}


def test_the_fences_that_hold_are_named(place: Place) -> None:
    found = tried({"held": "raise RuntimeWarning(held)"}, place)["held"]
    assert "'limits'" in found
    assert "'capabilities'" in found


def test_a_system_without_them_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(confinement, "_linux", missing)
    monkeypatch.setattr(confinement, "limit", missing)
    monkeypatch.setattr(confinement, "become_nobody", missing)
    assert confinement.confine(2**30, 60) == ()
