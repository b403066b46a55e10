"""Words that everybody here would guess first: no password may lean on them."""

from typing import Any

from django.core.exceptions import ValidationError

LEAST_REST = 12  # characters that must be left when the words are taken out


class NoHouseWords:
    """Refuses passwords that are hardly more than the product, the district, the office or one's own name."""

    def __init__(self, *, words: tuple[str, ...]) -> None:
        self.words = words

    def validate(self, password: str, user: Any = None) -> None:
        """This method will refuse a password of which little is left without the words."""
        own = (user.username, user.display_name) if user is not None else ()
        rest = password.lower()
        for word in sorted((*self.words, *own), key=len, reverse=True):
            if len(word) > 1:
                rest = rest.replace(word.lower(), "")
        if len(rest) < LEAST_REST and rest != password.lower():
            raise ValidationError("这里人人都想得到的词不能当密码。", code="password_house_words")

    def get_help_text(self) -> str:
        return "不能只用单位、地名、系统名或自己的名字。"
