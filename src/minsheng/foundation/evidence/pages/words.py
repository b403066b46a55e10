"""Codes of acts in words; what has none is shown as its code, never left out."""

from django.conf import settings


def act_in_words(code: str) -> str:
    """This function will say an act in Chinese: registry.person_opened → 登记库・人员：打开."""
    words = settings.AUDIT_WORDS
    room, _, rest = code.partition(".")
    if code in words["whole"] or rest in words["verbs"]:
        return f"{words['rooms'].get(room, room)}・{words['whole'].get(code) or words['verbs'][rest]}"
    parts = rest.split("_")
    for cut in range(len(parts) - 1, 0, -1):
        noun, verb = "_".join(parts[:cut]), "_".join(parts[cut:])
        if noun in words["nouns"] and verb in words["verbs"]:
            return f"{words['rooms'].get(room, room)}・{words['nouns'][noun]}：{words['verbs'][verb]}"
    return f"{words['rooms'].get(room, room)}・{rest}"


def thing_in_words(number: str) -> str:
    """This function will name what an act was done to: mostly a number, which stays one."""
    return str(settings.AUDIT_WORDS["things"].get(number, number))


def purpose_in_words(code: str) -> str:
    """This function will say why somebody looked."""
    return str(settings.AUDIT_WORDS["purposes"].get(code, code))


def rooms() -> list[tuple[str, str]]:
    """This function will return the rooms by which the trail is filtered."""
    return list(settings.AUDIT_WORDS["rooms"].items())
