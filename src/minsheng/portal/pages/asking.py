"""An application asked one question a page. Answers travel along in the page; nothing is kept before the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from minsheng.portal.pages.gate import ResidentRequest


class ReasonForm(forms.Form):
    """The difficulty in one's own words; everything else is known or looked up."""

    reason = forms.CharField(
        label="遇到了什么困难？",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="一两句话就行，例如：妻子重病，我照顾她，没法上班。",
        error_messages={"required": "请写一句遇到了什么困难。"},
    )


class VisitTimeForm(forms.Form):
    """When somebody may come."""

    contact_time = forms.CharField(
        label="什么时候上门方便？",
        max_length=100,
        required=False,
        help_text="工作人员会上门看一看。不填的，会先打电话。",
    )


@dataclass(frozen=True)
class Questions:
    """The questions of one application in their order: each a form with one field of the given name."""

    title: str
    heading: str
    asked: tuple[tuple[str, type[forms.Form]], ...]

    @property
    def last(self) -> int:
        """This property will be the step at which everything was answered and is looked through."""
        return len(self.asked)

    def step(self, sent: QueryDict) -> int:
        """This function will read which page was sent; the first where it is none of ours."""
        return int(sent.get("step", "0")) if sent.get("step", "") in {str(n) for n in range(self.last + 1)} else 0

    def next_page(self, request: ResidentRequest) -> HttpResponse | None:
        """This function will show the next question, or one whose answer will not do; None once all are answered."""
        sent = request.POST
        if request.method != "POST":
            return self._page(request, 0, self.asked[0][1](), status=200)
        step = self.step(sent)
        if "again" in sent:
            return self._page(request, max(step - 1, 0), None, status=200)
        for number, (_, kind) in enumerate(self.asked[: step + 1]):
            form = kind(sent)
            if not form.is_valid():
                return self._page(request, number, form, status=422)
        return self._page(request, step + 1, None, status=200) if step + 1 < self.last else None

    def kept(self, sent: QueryDict, without: str = "") -> list[tuple[str, str]]:
        """This function will return the answers that the next page sends along."""
        return [(name, value) for name, _ in self.asked if name != without for value in sent.getlist(name)]

    def _page(self, request: ResidentRequest, step: int, form: forms.Form | None, *, status: int) -> HttpResponse:
        name, kind = self.asked[step]
        form = form if form is not None else kind(initial=_initial(request.POST, kind))
        context: Mapping[str, Any] = {
            "title": self.title,
            "heading": self.heading,
            "form": form,
            "bound": form[name],
            "step": step,
            "number": step + 1,
            "of": self.last,
            "kept": self.kept(request.POST, without=name),
        }
        return render(request, "portal/asked.html", context, status=status)


def _initial(sent: QueryDict, kind: type[forms.Form]) -> dict[str, Any]:
    many = {name for name, field in kind.base_fields.items() if isinstance(field, forms.MultipleChoiceField)}
    return {name: sent.getlist(name) if name in many else sent.get(name, "") for name in kind.base_fields}
