"""One JSON object a line on the standard error stream: what happened, where, under which request; never about whom.

A line holds the fixed words of whoever logs, not the values put into them, unless the logger is one of ours. Of an
error it holds the type and the places in the code, not the message: messages quote what a person typed, and PostgreSQL
quotes the row. Of an error of the database it also holds code, table and constraint.
"""

import json
import logging
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from minsheng.foundation.running import metrics
from minsheng.foundation.running.rules import without_numbers

OURS = "minsheng"
_MOST_PLACES = 30


class SparingFormatter(structlog.stdlib.ProcessorFormatter):
    """Writes records of any logger as sparing lines."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
            ],
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _error_without_its_words,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_numbers,
                structlog.processors.JSONRenderer(serializer=_on_one_line),
            ],
        )

    def format(self, record: logging.LogRecord) -> str:
        """This method will write one line; values of others' messages are left out, line breaks are escaped."""
        spared = logging.makeLogRecord(record.__dict__)
        if record.name.split(".")[0] != OURS:
            spared.args = ()
        spared.exc_text = None
        return super().format(spared)


class SteadyHandler(logging.StreamHandler[Any]):
    """Writes to the standard error stream; a line that cannot be written is counted, and nobody's work stops for it."""

    def handleError(self, record: logging.LogRecord) -> None:
        """This method will count the line: to complain about a full log in that log helps nobody."""
        metrics.LOST_LINES.inc()


def _error_without_its_words(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    error = event.pop("exc_info", None) or event["_record"].exc_info
    told = event.pop("told", None) or getattr(event["_record"], "told", None)
    if told:
        event.update(told)
    event.pop("stack_info", None)
    error = error[1] if isinstance(error, tuple) else error
    if isinstance(error, BaseException):
        event["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
        event["places"] = [
            f"{frame.filename.rpartition('/src/')[2].rpartition('/site-packages/')[2]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)[-_MOST_PLACES:]
        ]
        event.update(_of_the_database(error.__cause__ or error))
    # structlog's own machinery would print the trace with its words.
    event["_record"].exc_info = None
    return event


def _of_the_database(error: BaseException) -> dict[str, Any]:
    diagnosis = getattr(error, "diag", None)
    told = {"sqlstate": getattr(error, "sqlstate", None)}
    for what in ("table_name", "constraint_name"):
        told[what] = getattr(diagnosis, what, None)
    return {name: value for name, value in told.items() if value}


def _on_one_line(event: Any, **options: Any) -> str:
    # JSON leaves these three as they are, and many readers of logs take them for the end of a line.
    text = json.dumps(event, ensure_ascii=False, default=str)
    return text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "\u0085\u2028\u2029"})


def _without_numbers(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    return {key: without_numbers(value) for key, value in event.items()}
