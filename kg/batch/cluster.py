"""The calls of a build on a Dask cluster: the stages are the same, and so are the bytes.

The workers must see the reports, the cache and the output under the same paths (a shared file system) and have this
version of the package; results are kept there as they are in a local run, so a cluster that ends is gone on from, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from kg.batch.pool import WorkerDied
from kg.errors import StoreError

T = TypeVar("T")
R = TypeVar("R")

#: Values handed out per thread of the cluster at a time, so that the memory of the scheduler stays bounded.
_AHEAD = 4
_PATIENCE = "30s"


class Cluster:
    """A scheduler at an address; called as `kg.batch.pool.calls`, whose number of jobs it does not need."""

    def __init__(self, address: str) -> None:
        """Remember the address; nothing is connected yet."""
        self.address = address

    def __call__(self, function: Callable[[T], R], values: Iterable[T], jobs: int) -> Iterator[tuple[T, R | Exception]]:
        """Yield each value with what `function` returned or raised, in the order in which they are done.

        Dask gives the values of a worker that died to another one, three times; then they are answered with
        `WorkerDied`. ``StoreError`` where the scheduler does not answer or distributed is not installed.
        """
        del jobs
        try:
            import distributed
        except ImportError as fault:
            raise StoreError(
                "没有安装 Dask / Dask is not installed", where="--scheduler", hint="pip install 'govkg[cluster]'"
            ) from fault
        dask: Any = distributed  # its functions have no types
        rest = iter(values)
        first = list(islice(rest, 1))
        if not first:
            return
        try:
            client = dask.Client(self.address, timeout=_PATIENCE)
        except (OSError, ValueError) as fault:
            raise StoreError(
                f"连不上调度器 / the scheduler does not answer: {fault}", where=self.address, hint="检查地址 (address)"
            ) from fault
        with client:
            threads = sum(client.nthreads().values())
            ahead = list(islice(rest, max(1, threads) * _AHEAD - 1))
            of = {client.submit(function, value, pure=False): value for value in first + ahead}
            running = dask.as_completed(list(of))
            for future in running:
                value = of.pop(future)
                raised = future.exception()
                result: R | Exception
                if raised is None:
                    result = future.result()
                elif isinstance(raised, dask.KilledWorker):
                    result = WorkerDied()
                else:
                    result = raised if isinstance(raised, Exception) else StoreError(str(raised), where=self.address)
                yield value, result
                for following in islice(rest, 1):
                    submitted = client.submit(function, following, pure=False)
                    of[submitted] = following
                    running.add(submitted)
