"""Is this process fit to serve, and what waits in the queues: for probes and figures, never about a person."""

from django.db import Error, connection

from minsheng.foundation.jobs.clocks import seconds_ahead
from minsheng.foundation.running.rules import MOST_SECONDS_APART
from minsheng.foundation.running.space import full_places
from minsheng.foundation.sealing.operations import current_keyring


def fitness() -> dict[str, str]:
    """This function will ask each thing that a request needs, and say `ok` or the type of the error."""
    found = {}
    for name, ask in (("database", _ask_database), ("keys", current_keyring)):
        try:
            ask()
            found[name] = "ok"
        except (Error, OSError, ValueError, RuntimeError) as problem:
            found[name] = type(problem).__name__
    if found["database"] == "ok":
        found["clock"] = _clock()
    full = full_places()
    found["disks"] = f"full: {', '.join(full)}" if full else "ok"
    return found


def waiting() -> dict[str, int]:
    """This function will count what waits; nothing while the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'),"
                " (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'),"
                " (SELECT count(*) FROM events_outbox WHERE delivered_at IS NULL)"
            )
            return dict(zip(("jobs_to_do", "jobs_failed", "events_to_deliver"), cursor.fetchone(), strict=True))
    except Error:
        return {}


def _clock() -> str:
    ahead = round(seconds_ahead())
    return (
        "ok"
        if abs(ahead) <= MOST_SECONDS_APART
        else f"{abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} the database"
    )


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
