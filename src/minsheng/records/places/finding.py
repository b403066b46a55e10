"""What a division is found by."""

from pypinyin import Style, lazy_pinyin


def search_text(name: str) -> str:
    """This function will return what a division is found by: its name, its pinyin and the initials."""
    return f"{name} {''.join(lazy_pinyin(name))} {''.join(lazy_pinyin(name, style=Style.FIRST_LETTER))}".lower()
