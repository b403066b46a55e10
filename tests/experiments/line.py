"""A line between the application and its database that can be cut, or fall silent, and be mended: for experiment E9."""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

AT_ONCE = struct.pack("ii", 1, 0)  # closing sends a reset, as a broken line does, not a goodbye


class Line:
    """Passes bytes on between a port of this machine and a PostgreSQL server.

    `cut` resets every connection and refuses new ones. `fall_silent` tells nobody: what is sent waits in the line, new
    connections are taken and not answered. `cut_once_said` cuts it when the application has said certain words: they
    arrive, and no answer comes back.
    """

    def __init__(self, *, host: str, port: str, listen: str = "127.0.0.1") -> None:
        self._host, self._port = host, port or "5432"
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._flows = threading.Event()
        self._flows.set()
        self.is_cut = False
        self.cut_once_said: bytes | None = None
        self.on_cut: Callable[[], None] = lambda: None
        self._listener = socket.create_server((listen, 0))
        self.port = str(self._listener.getsockname()[1])
        threading.Thread(target=self._take, daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            self.is_cut, pairs, self._pairs = True, self._pairs, []
        self._flows.set()
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                    end.shutdown(socket.SHUT_RD)
                end.close()

    def fall_silent(self) -> None:
        self._flows.clear()

    def mend(self) -> None:
        self.is_cut, self.cut_once_said = False, None
        self._flows.set()

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _take(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        if self.is_cut:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            near.close()
            return
        far = self._server()
        with self._lock:
            self._pairs.append((near, far))
        threading.Thread(target=self._pass, args=(far, near, False), daemon=True).start()
        self._pass(near, far, True)

    def _server(self) -> socket.socket:
        if self._host.startswith("/"):
            far = socket.socket(socket.AF_UNIX)
            far.connect(f"{self._host}/.s.PGSQL.{self._port}")
            return far
        return socket.create_connection((self._host, int(self._port)))

    def _pass(self, source: socket.socket, sink: socket.socket, to_server: bool) -> None:
        with suppress(OSError):
            while said := source.recv(65536):
                self._flows.wait()
                words = self.cut_once_said
                if to_server and words is not None and words in said:
                    self.is_cut = True  # before the server can answer
                    sink.sendall(said)
                    self.on_cut()
                    self.cut()
                    return
                if self.is_cut:
                    return
                sink.sendall(said)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
