"""Codes of acts in words; what has none is shown as its code, never left out."""

from django.conf import settings


def act_in_words(code: str) -> str:
    """This function will say an act in Chinese: registry.person_opened → 登记库・人员：打开."""
    words = settings.AUDIT_WORDS
    room, _, rest = code.partition(".")
    parts = rest.split("_")
    for cut in range(len(parts) - 1, 0, -1):
        noun, verb = "_".join(parts[:cut]), "_".join(parts[cut:])
        if noun in words["nouns"] and verb in words["verbs"]:
            return f"{words['rooms'].get(room, room)}・{words['nouns'][noun]}：{words['verbs'][verb]}"
    return f"{words['rooms'].get(room, room)}・{rest}"


def rooms() -> list[tuple[str, str]]:
    """This function will return the rooms by which the trail is filtered."""
    return list(settings.AUDIT_WORDS["rooms"].items())
