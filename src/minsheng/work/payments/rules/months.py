"""Months as the first day of each, half-open spans of them."""

from collections.abc import Iterator
from datetime import date


def first_of(day: date) -> date:
    """This function will return the first day of the month."""
    return day.replace(day=1)


def plus(month: date, months: int) -> date:
    """This function will return the month that lies `months` later (earlier, if negative)."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def between(first: date, end: date) -> int:
    """This function will count the months of the half-open span [first, end)."""
    return (end.year - first.year) * 12 + end.month - first.month


def span(first: date, end: date) -> Iterator[date]:
    """This generator will yield the months of the half-open span [first, end)."""
    for step in range(between(first, end)):
        yield plus(first, step)


def effective_month(day: date) -> date:
    """This function will return the first month that an event changes: the one after it (次月起, 57号 Art 21)."""
    return plus(first_of(day), 1)
