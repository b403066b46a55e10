import time

from django.db import connection


def seconds_ahead() -> float:
    """This function will say by how many seconds this machine's clock is ahead of the database's; negative: behind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        return time.time() - float(cursor.fetchone()[0])
