"""HTTP to a triple store: authentication, retries with back-off, and faults a user can act on."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kg.errors import StoreError

if TYPE_CHECKING:
    import httpx

_AGAIN = frozenset({429, 500, 502, 503, 504})
_LONGEST = 120.0  # seconds; a server that asks for more is not waited for
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class RefusalError(StoreError):
    """An answer that asking again would not change: no right, no such path, not understood."""


class Client:
    """A connection to one store.

    `user` and `password` are sent as the server asks (digest before basic), never before it asks. `ca` is a file of
    certificates to trust instead of the system's. `timeout` in seconds per request. A request that fails by connection
    or with 429 or 5xx is tried `retries` times more, after `wait`, 2 `wait`, 4 `wait` … seconds or as Retry-After says.
    """

    def __init__(
        self,
        target: str,
        *,
        user: str | None = None,
        password: str | None = None,
        ca: str | None = None,
        timeout: float = 120.0,
        retries: int = 4,
        wait: float = 0.5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Check the address and make ready; nothing is sent. ``StoreError`` for what cannot be an address."""
        _need_httpx()
        import httpx

        parts = urlsplit(target)
        if parts.username or parts.password:
            raise StoreError(
                "网址里不能有用户名和密码 / no user or password in the address",
                where=f"{parts.scheme}://{parts.hostname}",
                hint="用 --user,密码放在环境变量 KG_STORE_PASSWORD (use --user and the variable KG_STORE_PASSWORD)",
            )
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise StoreError("不是 http(s) 网址 / no http(s) address", where=target, hint="例如 http://localhost:7878")
        self.target = target
        self._password = password
        self._retries, self._wait, self._sleep = retries, wait, sleep
        try:
            context = ssl.create_default_context(cafile=ca)
        except (OSError, ssl.SSLError) as fault:
            raise StoreError(
                f"无法读取证书 / cannot read the certificates: {fault}", where=str(ca), hint="--ca 要 PEM 文件 (PEM)"
            ) from fault
        self._http = httpx.Client(
            auth=_asked(user, password or "") if user is not None else None,
            timeout=timeout,
            verify=context,
            # A proxy of the environment is for the outside, not for a store on this machine.
            trust_env=parts.hostname not in _LOOPBACK,
            headers={"User-Agent": "govkg"},
        )

    def __enter__(self) -> Client:
        """Return the client; leaving the block closes its connections."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._http.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: frozenset[int] = frozenset(),
        again: bool = True,
    ) -> httpx.Response:
        """Send a request and return its answer: any 2xx, or a status of `accept`.

        `again` False: sent once only, for what must not happen twice. ``StoreError`` for everything else.
        """
        import httpx

        tries = 1 + (self._retries if again else 0)
        for number in range(tries):
            last = number == tries - 1
            pause = self._wait * 2**number
            try:
                answer = self._http.request(method, url, params=params, content=content, data=form, headers=headers)
            except httpx.TransportError as fault:
                if last or "CERTIFICATE_VERIFY_FAILED" in str(fault):
                    raise _unreachable(url, fault, number + 1) from fault
            except httpx.InvalidURL as fault:
                raise StoreError(
                    f"网址不对 / no address: {fault}", where=url, hint="检查网址 (check the address)"
                ) from fault
            else:
                if answer.is_success or answer.status_code in accept:
                    return answer
                if answer.status_code not in _AGAIN or last:
                    raise self._refusal(answer, number + 1)
                asked = _retry_after(answer.headers.get("Retry-After"))
                if asked is not None and asked > _LONGEST:
                    raise self._refusal(answer, number + 1, f"; Retry-After {asked:.0f} s")
                pause = pause if asked is None else asked
            self._sleep(pause)
        raise AssertionError  # the last try returns or raises

    def _refusal(self, answer: httpx.Response, tries: int, note: str = "") -> StoreError:
        """Return the fault that an answer is."""
        status, where = answer.status_code, str(answer.request.url.copy_with(query=None))
        said = self._said(answer) + note
        if status in {401, 403}:
            return RefusalError(
                f"拒绝访问 / access refused: {status}",
                where=where,
                hint="检查 --user 与密码、写权限 (check --user, the password and the right to write)",
            )
        if status in {404, 405, 501}:
            return RefusalError(
                f"路径不对 / wrong path: {status}",
                where=where,
                hint="检查网址,或用 --kind 指明类型 (check the address, or say --kind)",
            )
        if 300 <= status < 400:
            place = answer.headers.get("Location", "?")
            return RefusalError(f"转到 / redirected to {place}", where=where, hint="直接用那个网址 (give that address)")
        if status == 413:
            return RefusalError(
                "一次太多 / too much at once: 413", where=where, hint="用更小的 --chunk (a smaller --chunk)"
            )
        if status in _AGAIN:
            return StoreError(
                f"试了 {tries} 次,仍然失败 / gave up after {tries} tries: {status} {said}",
                where=where,
                hint="稍后再试,看服务器日志 (try later, see the server's log)",
            )
        return RefusalError(f"拒绝 / refused: {status} {said}", where=where, hint="看服务器日志 (see the server's log)")

    def _said(self, answer: httpx.Response) -> str:
        """Return the first words of what the server said, without markup and without the password."""
        text = " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())
        return (text.replace(self._password, "***") if self._password else text)[:200]


def _need_httpx() -> None:
    if find_spec("httpx") is None:
        raise StoreError("缺少 httpx / httpx is missing", where="kg load", hint='pip install "govkg[load]"')


def _asked(user: str, password: str) -> httpx.Auth:
    """Return credentials that are sent only where the server asks, by digest where it takes digest."""
    import httpx

    digest, basic = httpx.DigestAuth(user, password), httpx.BasicAuth(user, password)

    class Asked(httpx.Auth):
        def __init__(self) -> None:
            self._chosen: httpx.Auth | None = None

        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            if self._chosen is not None:  # the challenge is known: no body is sent twice
                yield from self._chosen.auth_flow(request)
                return
            answer = yield request
            offered = answer.headers.get("WWW-Authenticate", "").lower()
            if answer.status_code != 401 or not offered:
                return
            self._chosen = digest if "digest" in offered else basic
            flow = self._chosen.auth_flow(request)
            signed = next(flow)
            with suppress(StopIteration):
                if self._chosen is digest:  # its first request asks for the challenge that we have already
                    signed = flow.send(answer)
                while True:
                    signed = flow.send((yield signed))

    return Asked()


def _retry_after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for, given as a number or as a date; None for nonsense."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _unreachable(url: str, fault: Exception, tries: int) -> StoreError:
    parts = urlsplit(url)
    where = f"{parts.scheme}://{parts.netloc}"
    if "CERTIFICATE_VERIFY_FAILED" in str(fault):
        return StoreError(
            "证书不受信任 / the certificate is not trusted", where=where, hint="用 --ca FILE 给出证书 (give --ca FILE)"
        )
    reason = re.sub(r"^\[(?:Errno|WinError) -?\d+\] ", "", str(fault)) or type(fault).__name__
    return StoreError(
        f"连不上,试了 {tries} 次 / cannot be reached, {tries} {'try' if tries == 1 else 'tries'}: {reason}",
        where=where,
        hint="服务器开着吗?检查网址与端口 (is the server up? check address and port)",
    )
