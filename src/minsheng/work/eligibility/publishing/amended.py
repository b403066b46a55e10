"""The law with a draft put in, and the law as it was before a publication: books that nobody stores."""

from minsheng.work.eligibility.law import book, book_as_of
from minsheng.work.eligibility.publishing.models import Publication
from minsheng.work.eligibility.publishing.published import new_version
from rulebook import Rulebook


def drafted_book(row: Publication) -> Rulebook:
    """This function will return the present law with the draft's figures; raises rulebook.UnableToAmend."""
    versions = row.versions.select_related("publication").order_by("name")
    return book().with_versions([new_version(version) for version in versions])


def book_before(row: Publication) -> Rulebook:
    """This function will return the law as it was signed before this publication."""
    assert row.sequence is not None  # only published ones have a place in the chain
    previous = Publication.objects.filter(sequence__lt=row.sequence).order_by("-sequence").first()
    return book_as_of(previous.law_version if previous else "")
