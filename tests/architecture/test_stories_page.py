"""docs/stories.md is what the stories say."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_of_stories_is_up_to_date() -> None:
    page = runpy.run_path(str(ROOT / "tools" / "stories.py"))["page"]()
    assert (ROOT / "docs" / "stories.md").read_text(encoding="utf-8") == page, "run tools/stories.py > docs/stories.md"
    assert "1,806.00" in page
