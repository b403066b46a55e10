"""From what stands in a form to what an operation takes."""

from django import forms

from minsheng.work.eligibility.law import book
from minsheng.work.eligibility.publishing.figures import UnableToReadFigure, read_figure
from minsheng.work.eligibility.publishing.pages.forms import VersionForm
from minsheng.work.eligibility.publishing.types import GivenVersion, Header


class UnableToReadForm(ValueError):
    """A field holds no figure: says which, and what to type."""


def header_from(form: forms.Form) -> Header:
    """This function will read the header of a change."""
    given = form.cleaned_data
    return Header(given["title"], given["in_force_date"], given["reason"], given.get("backdating_basis") or "")


def version_from(form: VersionForm) -> GivenVersion:
    """This function will read a figure, or the rows of a table; an empty extra row is left out."""
    figure, given = form.figure, form.cleaned_data
    law = book()
    number = law.numbers.get(figure.name)
    try:
        if number is not None:
            value = read_figure(given["value"], number.unit)
            return GivenVersion(figure.name, given["basis"], value, doubt=given["doubt"])
        table = law.tables[figure.name]
        edges, values = [], []
        for place in form.places:
            value_text = given.get(f"value_{place}") or ""
            edge_text = given.get(f"edge_{place}") or ""
            if not value_text and not edge_text:
                continue
            if not figure.by_code:
                edges.append(read_figure(edge_text, table.key.unit or table.unit))
            values.append(read_figure(value_text, table.unit))
        return GivenVersion(figure.name, given["basis"], None, tuple(edges), tuple(values), given["doubt"])
    except UnableToReadFigure as refusal:
        raise UnableToReadForm(str(refusal)) from refusal
