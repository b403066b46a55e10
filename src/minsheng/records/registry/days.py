"""The day of an instant where the office is: at two in the morning in Hangzhou it is still yesterday in UTC."""

from datetime import date, datetime

from minsheng.foundation.access.context import BUSINESS_ZONE


def business_day(at: datetime) -> date:
    """This function will return the day that an instant falls on in China."""
    return at.astimezone(BUSINESS_ZONE).date()
