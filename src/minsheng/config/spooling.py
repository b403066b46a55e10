"""What is sent in waits in a file until it is whole. Where that disk is full, the sender is told so in words.

waitress by itself breaks the connection in the middle of the file, and a browser shows its own page.
"""

import errno
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import Error

_PAGE = (
    '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>存东西的地方满了</title><h1>存东西的地方满了，文件没有收下</h1>"
    "<p>服务器的磁盘没有空间了，值班人员会看到。没有改动任何数据；您填的内容还留在上一页。</p>"
    "<p>请过一会儿返回上一页，重新选文件再交一次。急事请打 12345，或到社区窗口办理。</p></html>"
)


class NoSpace(Error):  # type: ignore[misc]
    """The answer to a body that found no place."""

    code, reason = 503, "Service Unavailable"

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """This method will return the page with the headers that every page has."""
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("Retry-After", "60"),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
        ]
        return f"{self.code} {self.reason}", headers, _PAGE.encode()


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Reads a request to its end also when it cannot be kept, so that the sender is there to read the answer."""

    _left: int | None = None

    def received(self, data: bytes) -> int:
        """This method will take bytes, or, once there is no space, let them go until the last has come."""
        if self._left is None:
            try:
                return int(super().received(data))
            except OSError as problem:
                if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                self.error, self.connection_close = NoSpace(""), True
                self._left = getattr(self.body_rcv, "remain", 0)  # a body in chunks does not say how long it is
        taken = min(len(data), self._left)
        self._left -= taken
        self.completed = self._left == 0
        return taken or len(data)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose requests are read by `Parser`."""

    parser_class: Any = Parser
