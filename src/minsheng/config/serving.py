"""`minsheng serve`: start only what is safe to start, serve behind nginx, and stop without cutting anybody off."""

import os
import signal
from collections.abc import Callable
from time import monotonic
from typing import Any

from minsheng.config.database import Address

THREADS = 8
PATIENCE_SECONDS = 25  # below the 30 s after which systemd kills


def unfit() -> list[str]:
    """This function will return why this installation must not be put on a network; empty when it may."""
    from django.conf import settings
    from django.core.checks import WARNING, run_checks

    found = [f"{one.id}: {one.msg}" for one in run_checks(include_deployment_checks=True) if one.level >= WARNING
             and not one.is_silenced()]  # fmt: skip
    if settings.DEMO:
        found.append("MINSHENG_DEMO=1：演示账号和不加密的 Cookie 不能上网。请去掉这个设置。")
    if Address.parse(os.environ.get("DATABASE_URL", "")).in_the_open:
        found.append("数据库在另一台机器上，而 DATABASE_URL 没有写 sslmode=verify-full：路上的人能看能改。")
    if not found:
        found += _of_the_database()
    return found


def _of_the_database() -> list[str]:
    from django.db import Error, connection
    from django.db.migrations.executor import MigrationExecutor

    from minsheng.foundation.access.operations import database_role
    from minsheng.foundation.sealing.operations import current_keyring

    try:
        name, spared = database_role()
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        current_keyring()
    except (Error, OSError, ValueError, RuntimeError) as problem:
        return [f"数据库或密钥用不了：{problem}"]
    found = [f"{name} 不受行级安全约束，不能用它办公。请改用 minsheng_app。"] if spared else []
    if waiting:
        found.append(f"有 {len(waiting)} 步建表没有做。请先运行 minsheng migrate --database=owner。")
    return found


def serve(*, host: str, port: int, application: Callable[..., Any], on_stop: Callable[[], None] = lambda: None) -> None:
    """This function will serve until SIGTERM or Ctrl+C, then let what is running end.

    Behind nginx on the same machine: only from there is it believed who asks and whether by TLS. What a client says
    of itself in such headers is thrown away.
    """
    from waitress import create_server

    from minsheng.config.spooling import Channel

    server = create_server(
        application,
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        trusted_proxy="127.0.0.1",
        trusted_proxy_count=1,
        trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto"},
        clear_untrusted_proxy_headers=True,
        max_request_body_size=32 * 2**20,
        channel_timeout=60,
    )
    server.channel_class = Channel
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stopping.append(number))
    _turn(server, while_=lambda: not stopping)
    on_stop()
    server.accepting = False
    server.socket.close()
    server.del_channel()
    latest = monotonic() + PATIENCE_SECONDS
    _turn(server, while_=lambda: monotonic() < latest and any(map(_is_busy, tuple(server.active_channels.values()))))
    server.task_dispatcher.shutdown()
    server.asyncore.close_all(server._map)


def _turn(server: Any, *, while_: Callable[[], bool]) -> None:
    while while_():
        server.asyncore.loop(timeout=0.2, map=server._map, use_poll=True, count=1)


def _is_busy(channel: Any) -> bool:
    """A connection counts that has a request to answer or an answer to send; an idle one may be closed."""
    return bool(channel.requests or channel.total_outbufs_len)
