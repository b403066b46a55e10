"""What no password may lean on: words that everybody here would guess first, and passwords of breaches.

The bundled list is that of Django (`common-passwords.txt.gz`, BSD licence, by Royce Williams, renewed with Django's
releases): the 20,000 passwords found most often. A whole breach corpus has hundreds of millions and belongs in no
repository; whoever has the file of Pwned Passwords (SHA-1, ordered by hash) names it in `MINSHENG_BREACHED_PASSWORDS`.
"""

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

LEAST_REST = 12  # characters that must be left when the words are taken out
LEAST_PIECES = 6  # what a password must be made of, where a breached password inside of it counts as one sign
SHORTEST_WORD, LONGEST_WORD = 4, 40


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


class NoBreached:
    """Refuses a password that was in a breach, or that is hardly more than breached ones put together (ASVS 6.2.12).

    Fifteen signs keep nearly all of the list out by length alone; what people then do is `password123456789`.
    """

    def __init__(self, *, file: str = "") -> None:
        self.file = Path(file) if file else None

    def validate(self, password: str, user: Any = None) -> None:
        """This method will refuse by the bundled list, its compounds, and the operator's file where there is one."""
        if pieces_of(password) < LEAST_PIECES:
            raise ValidationError(
                "这个密码是用泄露过的常见密码拼成的，别人一试就中。请换几个不相干的词。", code="password_breached"
            )
        if self.file is not None and stands_in(self.file, hashlib.sha1(password.encode(), usedforsecurity=False)):
            raise ValidationError("这个密码在别处泄露过，不能用。请换一个。", code="password_breached")

    def get_help_text(self) -> str:
        return "不能用泄露过的密码，也不能用几个常见密码拼成。"


def pieces_of(password: str) -> int:
    """This function will count the fewest pieces that a password is put together of: breached words or single signs.

    The same piece again and again counts once: `aaaa…` and `passwordpassword` are one piece each.
    """
    text, words = password.lower(), _breached()
    fewest: list[tuple[int, str]] = [(0, "")]  # pieces up to here, and the last of them
    for end in range(1, len(text) + 1):
        options = []
        for start in range(max(0, end - LONGEST_WORD), end):
            piece = text[start:end]
            if len(piece) == 1 or (len(piece) >= SHORTEST_WORD and piece in words):
                before, last = fewest[start]
                options.append((before + (piece != last), piece))
        fewest.append(min(options))
    return fewest[-1][0]


def stands_in(file: Path, digest: Any) -> bool:
    """This function will look a SHA-1 up in a file of `HASH:COUNT` lines in order of the hash, by halves.

    Raises OSError where the file cannot be read: an installation that names one must not pretend to have looked.
    """
    wanted = digest.hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, os.fstat(lines.fileno()).st_size
        while low < high:
            middle = (low + high) // 2
            lines.seek(max(0, middle - 1))
            if middle:
                lines.readline()  # to the beginning of a line
            line = lines.readline()
            if not line or line[:40].upper() >= wanted:
                if line[:40].upper() == wanted:
                    return True
                high = middle
            else:
                low = lines.tell()
    return False


@lru_cache(maxsize=1)
def _breached() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
