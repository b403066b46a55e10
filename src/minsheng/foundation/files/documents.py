"""Documents as PDF by Typst: 受理通知书, decisions, lists. A template is ours; everything else is data.

Data reaches the template as JSON (`sys.inputs.data`) and Typst shows strings as they are, so a name such as
`#import "x"` appears literally. Typst reads files only below the template's own folder and the room's templates.
"""

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent / "fonts"
TEMPLATES = Path(__file__).parent / "templates" / "documents"
FONT_FAMILY = "Noto Serif SC"

_fonts: typst.Fonts | None = None


class UnableToRenderDocument(RuntimeError):
    """The template and the data do not fit together; the text names the template and Typst's own message."""


def render_pdf(template: Path | str, data: Mapping[str, Any], *, written_at: datetime | None = None) -> bytes:
    """This function will render a template file with data to a PDF (fonts embedded, text extractable).

    `template` is a path, or the name of a template of this room ("letter", "table"). `data` must be JSON: amounts and
    days come already in words (pages.wording). `written_at` goes into the PDF's metadata; without it the same data
    give the same bytes. Raises UnableToRenderDocument.
    """
    path = template if isinstance(template, Path) else TEMPLATES / f"{template}.typ"
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as problem:
        raise UnableToRenderDocument(f"文书“{path.stem}”的数据不是文字、整数和清单：{problem}") from problem
    # Typst resolves imports below its root only: a fresh folder with our base and this template, nothing else.
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for source in {*TEMPLATES.glob("*.typ"), path}:
            (root / source.name).write_bytes(source.read_bytes())
        try:
            content = typst.compile(
                str(root / path.name),
                root=str(root),
                font_paths=_font_book(),
                format="pdf",
                sys_inputs={"data": text},
                timestamp=int(written_at.timestamp()) if written_at else 0,
            )
        except typst.TypstError as problem:
            raise UnableToRenderDocument(f"文书“{path.stem}”排版没有成功：{problem}") from problem
    return bytes(content)


def _font_book() -> typst.Fonts:
    # Reading the 15 MB font costs 60 ms, so it is read once per process; system fonts stay out: documents look alike.
    global _fonts
    if _fonts is None:
        _fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return _fonts
