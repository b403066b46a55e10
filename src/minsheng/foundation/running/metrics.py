"""What Prometheus reads at /metrics: requests by view, method and status, how long, and what waits in the queues."""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
REQUESTS = Counter("minsheng_requests_total", "Requests answered", ["view", "method", "status"])
SECONDS = Histogram(
    "minsheng_request_seconds",
    "Seconds from request to answer",
    ["view"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)
RUNNING = Gauge("minsheng_requests_running", "Requests that have no answer yet")
REFUSED = Counter("minsheng_refused_total", "Requests refused before the view", ["why"])
WAITING = Gauge("minsheng_waiting", "What waits: jobs to do, failed jobs, events to deliver", ["what"])
FREE = Gauge("minsheng_disk_free_bytes", "What is free in each place of this machine that is written to", ["place"])
LOST_LINES = Counter("minsheng_log_lines_lost_total", "Lines of the log that could not be written")
LEVEL = Gauge("minsheng_degraded_level", "How many steps of giving way are taken")
READ_ONLY = Gauge("minsheng_read_only", "1 while nothing may be changed")


def text() -> bytes:
    """This function will return all figures in the text format."""
    return generate_latest(REGISTRY)
