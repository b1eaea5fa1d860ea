"""Calls over many values: in this process, or in a pool that survives the death of its workers."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

#: Values that are handed out beyond the one each worker is at, so that none waits: the memory stays bounded.
_AHEAD = 2
#: Fewer values than this are not worth starting processes for, each of which loads the rules.
WORTH_A_POOL = 6


class WorkerDied(Exception):  # noqa: N818 - what happened, not a fault of the caller
    """The process that worked on a value ended without an answer (out of memory, killed), twice."""


def calls(function: Callable[[T], R], values: Iterable[T], jobs: int) -> Iterator[tuple[T, R | Exception]]:
    """Yield each value with what `function` returned or raised, in the order in which they are done.

    `function` and values can be pickled: processes are spawned, on every platform alike. A value whose worker dies is
    tried once more, alone; then it is answered with `WorkerDied`. Closing the iterator (Ctrl-C) lets the running calls
    end and starts no other.
    """
    if jobs <= 1:
        for value in values:
            yield value, _tried(function, value)
        return
    rest = iter(values)
    while True:
        suspects = yield from _round(function, rest, jobs)
        if not suspects:
            return
        for value in suspects:  # one of them killed its worker; alone, it shows which
            yield from _alone(function, value)


def _tried(function: Callable[[T], R], value: T) -> R | Exception:
    try:
        return function(value)
    except Exception as fault:
        return fault


def _round(
    function: Callable[[T], R], rest: Iterator[T], jobs: int
) -> Generator[tuple[T, R | Exception], None, list[T]]:
    """Work until the values are used up or the pool breaks; return the values that were lost with it."""
    pool = _pool(jobs)
    running: dict[Future[R], T] = {}
    lost: list[T] = []
    try:
        while True:
            for value in islice(rest, jobs * (1 + _AHEAD) - len(running)):
                try:
                    running[pool.submit(function, value)] = value
                except BrokenProcessPool:
                    lost.append(value)
                    break
            if not running or lost:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                value = running.pop(future)
                fault = future.exception()
                if isinstance(fault, BrokenProcessPool):
                    lost.append(value)
                elif fault is None or isinstance(fault, Exception):
                    yield value, future.result() if fault is None else fault
                else:
                    raise fault
            if lost:
                break
        return lost + list(running.values())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _alone(function: Callable[[T], R], value: T) -> Iterator[tuple[T, R | Exception]]:
    pool = _pool(1)
    try:
        yield value, pool.submit(function, value).result()
    except BrokenProcessPool:
        yield value, WorkerDied()
    except Exception as fault:
        yield value, fault
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start)


def _start() -> None:
    """Leave Ctrl-C to the parent, and end with it however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:

        def end() -> None:
            wait_for([parent.sentinel])
            os._exit(1)

        threading.Thread(target=end, daemon=True).start()
