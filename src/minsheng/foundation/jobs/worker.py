"""The process that runs jobs: `minsheng worker`. Start as many as the machine bears; they share the queue."""

from collections.abc import Sequence

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector


def run_worker(
    *, concurrency: int = 2, wait: bool = True, queues: Sequence[str] | None = None, handle_signals: bool = True
) -> None:
    """This function will run jobs until it is told to stop (SIGTERM lets running jobs end), or, without `wait`, until
    the queue is empty.

    Two jobs at a time at least: a long one must not keep the reaper and the delivery of events waiting.
    """
    connector = DjangoConnector(alias="default").get_worker_connector()
    with app.replace_connector(connector) as working:
        working.run_worker(
            concurrency=max(2, concurrency),
            wait=wait,
            queues=queues,
            install_signal_handlers=handle_signals,
            shutdown_graceful_timeout=30.0,
        )
