"""Takes from a process everything but reading and writing what it has open: for the decoder, which reads hostile files.

`confine` lays several fences, each of which holds alone, and goes on without those that the system does not have:

- limits of memory, CPU time, file size, files and processes (POSIX);
- another user, where this one may change to it (root becomes `nobody`), and no capability;
- a network namespace without a network;
- Landlock: no file or folder can be opened, made or removed, no TCP, no signal to others (Linux 5.13; more from 6.12);
- seccomp: only the system calls of computing, and of reading and writing what is open (x86-64 and AArch64).

What the process will need must be imported and open before. The constants are those of the Linux headers.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Callable
from typing import Any

# prctl.h
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
# sched.h
_NEW_IPC, _NEW_USER, _NEW_NETWORK = 0x08000000, 0x10000000, 0x40000000
# capability.h
_CAPABILITY_VERSION = 0x20080522
# linux/landlock.h; its system calls have the same number everywhere
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_VERSION = 1  # asks for the version of the interface
_FILE_RIGHTS = {1: 2**13 - 1, 2: 2**14 - 1, 3: 2**15 - 1, 5: 2**16 - 1}  # all that the version knows
_TCP = 0b11  # bind, connect; from version 4
_SCOPES = 0b11  # abstract Unix sockets and signals of others; from version 6
# linux/seccomp.h, linux/filter.h, linux/audit.h
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # places in struct seccomp_data
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | 1  # the last: EPERM
_X32 = 0x40000000  # numbers from here on are those of the x32 interface
_MACHINES = {"x86_64": (0, 0xC000003E, 317), "aarch64": (1, 0xC00000B7, 277)}  # column below, audit name, seccomp()

_CALLS = {
    # name: (x86-64, AArch64)
    "brk": (12, 214),
    "clock_getres": (229, 114),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "close": (3, 57),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "fstat": (5, 80),
    "futex": (202, 98),
    "getpid": (39, 172),
    "getrandom": (318, 278),
    "getrusage": (98, 165),
    "gettid": (186, 178),
    "gettimeofday": (96, 169),
    "lseek": (8, 62),
    "madvise": (28, 233),
    "membarrier": (324, 283),
    "mremap": (25, 216),
    "munmap": (11, 215),
    "nanosleep": (35, 101),
    "read": (0, 63),
    "readv": (19, 65),
    "restart_syscall": (219, 128),
    "rseq": (334, 293),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_getaffinity": (204, 123),
    "sched_yield": (24, 124),
    "set_robust_list": (273, 99),
    "sigaltstack": (131, 132),
    "sysinfo": (99, 179),
    "write": (1, 64),
    "writev": (20, 66),
}
_MAPPING = {"mmap": (9, 222), "mprotect": (10, 226)}  # allowed for data, not for code
_SIGNAL = {"tgkill": (234, 131)}  # allowed to itself: how abort() ends a process
_EXECUTABLE = 4  # PROT_EXEC


def confine(memory: int, cpu_seconds: int) -> tuple[str, ...]:
    """Give up all that this system lets a process give up; the names of what holds now.

    `memory` is in bytes of address space. To be called while the process has one thread.
    """
    fences: dict[str, Callable[[], object]] = {
        "limits": lambda: limit(memory, cpu_seconds),
        "network": leave_network,
        "user": become_nobody,
        "capabilities": drop_capabilities,
        "files": close_files,
        "system calls": close_calls,
    }
    return tuple(name for name, fence in fences.items() if _holds(fence))


def _holds(fence: Callable[[], object]) -> bool:
    try:
        fence()
    except (OSError, ImportError, AttributeError, KeyError):  # not on this system, or not for this user
        return False
    return True


def limit(memory: int, cpu_seconds: int) -> None:
    """Bound memory and time; write no file, open no more than Landlock takes, start no process, leave no core dump."""
    import resource

    limits = {
        "RLIMIT_AS": memory,
        "RLIMIT_CPU": cpu_seconds,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": 16,
        "RLIMIT_NPROC": 0,
        "RLIMIT_CORE": 0,  # a core dump would hold what was said
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
    }
    refused = []
    for name, most in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (OSError, ValueError, AttributeError):
            refused.append(name)
    if {"RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE"} & set(refused):
        raise OSError("the system does not take the limits")


def leave_network() -> None:
    """A network and message queues of its own: with nothing in them, not even this machine."""
    libc = _linux()
    try:
        _check(libc.unshare(_NEW_NETWORK | _NEW_IPC))
    except OSError:
        _check(libc.unshare(_NEW_USER | _NEW_NETWORK | _NEW_IPC))


def become_nobody() -> None:
    """Another user and group, who own nothing; none of the groups of this one. Raises OSError for all but root."""
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


def drop_capabilities() -> None:
    """None of what root may do, none to be gained by running a program, and no memory that others may read."""
    libc = _linux()
    _check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _check(libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    _check(libc.capset(header, bytes(24)))


def close_files() -> None:
    """Landlock without a single rule: no path can be opened, made, renamed or removed; no program can be run."""
    libc = _linux()
    _check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    version = _check(libc.syscall(_CREATE_RULESET, None, 0, _VERSION))
    files = _FILE_RIGHTS[max(known for known in _FILE_RIGHTS if known <= version)]
    fields = [files, *([_TCP] if version >= 4 else []), *([_SCOPES] if version >= 6 else [])]
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = _check(libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    try:
        _check(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def close_calls() -> None:
    """seccomp: every system call but those of `_CALLS` fails with EPERM, in all threads."""
    libc = _linux()
    column, architecture, seccomp = _MACHINES[platform.machine()]
    _check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    program = _program(column, architecture)
    buffer = ctypes.create_string_buffer(program)
    described = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))  # struct sock_fprog
    if _check(libc.syscall(seccomp, _SET_MODE_FILTER, _ALL_THREADS, described)):
        raise OSError("a thread has another filter")


def _program(column: int, architecture: int) -> bytes:
    """The filter: which number, with which arguments, is allowed. Each jump counts instructions to step over."""
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _REFUSE),
    ]
    for numbers in _CALLS.values():
        lines += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, _ALLOW)]
    for numbers in _MAPPING.values():
        lines += [
            (_EQUAL, 0, 4, numbers[column]),
            (_LOAD, 0, 0, _ARGUMENTS + 2 * 8),
            (_ANY_BIT, 0, 1, _EXECUTABLE),
            (_RETURN, 0, 0, _REFUSE),
            (_RETURN, 0, 0, _ALLOW),
        ]
    for numbers in _SIGNAL.values():
        lines += [
            (_EQUAL, 0, 3, numbers[column]),
            (_LOAD, 0, 0, _ARGUMENTS),
            (_EQUAL, 0, 1, os.getpid()),
            (_RETURN, 0, 0, _ALLOW),
        ]
    lines.append((_RETURN, 0, 0, _REFUSE))
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def _linux() -> Any:
    """The C library. Raises OSError on other systems."""
    if sys.platform != "linux":
        raise OSError("not Linux")
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> int:
    """What a function of the C library answered. Raises OSError where it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
