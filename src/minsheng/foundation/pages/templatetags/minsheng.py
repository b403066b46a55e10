"""Template words: amounts, days, masks, icons, fields. Loaded in every template (settings TEMPLATES builtins)."""

from typing import Any
from uuid import uuid4

from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from minsheng.foundation.pages import chips, masking, wording

register = template.Library()

register.filter("yuan", wording.yuan)
register.filter("yuan_capital", wording.yuan_capital)
register.filter("day", wording.day)
register.filter("moment", wording.moment)
register.filter("count", wording.count)


def _audience(name: str) -> masking.Audience:
    return masking.Audience(name)


@register.filter
def mask_name(value: str | None, audience: str = "staff") -> str:
    """This function will mask a name for staff, or for own_area, public, message."""
    return masking.mask_name(value, _audience(audience))


@register.filter
def mask_id(value: str | None, audience: str = "staff") -> str:
    """This function will mask an id number. Never beside a birth date or exact age: use masking.person_view."""
    return masking.mask_id(value, _audience(audience))


@register.filter
def mask_phone(value: str | None) -> str:
    """This function will mask a telephone number."""
    return masking.mask_phone(value)


@register.filter
def mask_card(value: str | None, audience: str = "staff") -> str:
    """This function will mask a bank card."""
    return masking.mask_card(value, _audience(audience))


@register.filter
def mask_address(value: str | None, audience: str = "staff") -> str:
    """This function will cut an address after its community."""
    return masking.mask_address(value, _audience(audience))


@register.simple_tag(takes_context=True)
def csrf_token(context: template.Context) -> SafeString:
    """This function will write a form's two tokens: whose session it belongs to, and the key by which it is done once.

    It stands in the place of Django's own tag, so that no form can have the one without the other.
    """
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="form_key" value="{}">',
        context.get("csrf_token", ""),
        uuid4().hex,
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """This function will draw an icon of the sprite; it is decoration, so a word must stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def kept_inputs(query: QueryDict, *except_for: str) -> SafeString:
    """This function will carry the other filters of the address along in a GET form, as hidden inputs."""
    return SafeString(
        "".join(
            format_html('<input type="hidden" name="{}" value="{}">', name, value)
            for name, value in chips.kept(query, except_for=except_for)
        )
    )


_STATES = {
    "holds": ("holds", "符合"),
    "fails": ("fails", "不符合"),
    "unknown": ("unknown", "还缺"),
    "info": ("info", "计算"),
}


@register.filter
def state_class(state: str) -> str:
    """This function will name the coloured edge of an explanation node; an unheard-of state is unknown, never green."""
    return _STATES.get(str(state), _STATES["unknown"])[0]


@register.filter
def state_word(state: str) -> str:
    """This function will say the word that stands beside the colour."""
    return _STATES.get(str(state), _STATES["unknown"])[1]


@register.inclusion_tag("pages/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """This function will draw a form field: label, why it is asked, error in words, input.

    Optional fields are marked 选填; required ones are not marked. HTML validation is off: the server explains better.
    """
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    checkbox = kind == "checkbox" and not hasattr(widget, "choices")
    choices = kind in ("radio", "checkbox") and hasattr(widget, "choices")
    css = "form-select" if kind == "select" else "form-control"
    attrs: dict[str, Any] = {} if choices else {"class": "form-check-input" if checkbox else css}
    described = []
    if bound.help_text:
        described.append(f"{bound.id_for_label}-help")
    if bound.errors:
        described.append(f"{bound.id_for_label}-error")
        attrs["aria-invalid"] = "true"
        attrs["class"] = f"{attrs.get('class', '')} is-invalid".strip()
    if described:
        attrs["aria-describedby"] = " ".join(described)
    options = list(bound.subwidgets) if choices else []
    for option in options:
        option.data["attrs"]["class"] = "form-check-input"
    drawn = "" if choices else bound.as_widget(attrs=attrs)
    return {"field": bound, "input": drawn, "checkbox": checkbox, "choices": choices, "options": options}
