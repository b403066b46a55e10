"""Named documents: 《…》, nested quotes and numbers (文号) beside them."""

import re
from collections.abc import Iterator

from minsheng.insight.cockpit.plan.statements import Document, Heading, Paragraph, Place, Unread

_NUMBER = re.compile(r"[\u4e00-\u9fffA-Z]{1,12}[〔\[（(]\d{4}[〕\])）]\s*第?\d+号")


def read_documents(paragraphs: list[Paragraph], headings: list[Heading]) -> tuple[list[Document], list[Unread]]:
    """This function will return every document named in paragraphs, and opened titles that are never closed."""
    documents: list[Document] = []
    unread: list[Unread] = []
    for paragraph in paragraphs:
        for start, end in _titles(paragraph.text):
            if end < 0:
                unread.append(Unread("书名号没有配对", paragraph.place(start, min(start + 30, len(paragraph.text)))))
                continue
            after = _NUMBER.search(paragraph.text[end : end + 30])
            # 关于印发《…》的通知: the notice says what it carries.
            is_announced = re.search(r"(?:关于印发|关于发布|现将)$", paragraph.text[:start]) is not None
            documents.append(
                Document(
                    paragraph.text[start + 1 : end - 1],
                    after.group() if after else None,
                    is_announced,
                    paragraph.place(start, end),
                )
            )
    return documents, unread


def _titles(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each outermost 《…》; end is -1 when it is never closed."""
    depth, start = 0, 0
    for offset, character in enumerate(text):
        if character == "《":
            if depth == 0:
                start = offset
            depth += 1
        elif character == "》" and depth:
            depth -= 1
            if depth == 0:
                yield start, offset + 1
    if depth:
        yield start, -1


def title_of(paragraphs: list[Paragraph]) -> tuple[str, Place | None]:
    """This function will return the title of the plan: the first line that names itself a plan and is not announced."""
    for paragraph in paragraphs[:40]:
        text = paragraph.text
        if (
            len(text) <= 60
            and re.search(r"规划|计划|方案", text)
            and not re.search(r"关于印发|现将|关于发布|[。；]", text)
        ):
            return text.strip("《》 "), paragraph.place(0, len(text))
    return "", None
