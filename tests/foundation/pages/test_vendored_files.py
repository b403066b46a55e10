"""Vendored files are what their manifests say, and nothing lies beside them unlisted."""

import hashlib
import json
import re
from pathlib import Path

import pytest

import minsheng

FOUNDATION = Path(minsheng.__file__).parent / "foundation"
MANIFESTS = [FOUNDATION / "pages/static/vendor/manifest.json", FOUNDATION / "files/fonts/manifest.json"]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_files_match_their_manifest(manifest: Path) -> None:
    entries = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    for entry in entries:
        content = (manifest.parent / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["file"]
        assert entry["licence"] in {"MIT", "0BSD", "Apache-2.0", "OFL-1.1"}
    beside = {path.name for path in manifest.parent.iterdir()} - {"manifest.json"}
    assert beside == {entry["file"] for entry in entries}


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (FOUNDATION / "pages/static/vendor/icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    templates = Path(minsheng.__file__).parent.rglob("templates/**/*.html")
    named = {name for t in templates for name in re.findall(r'\{% icon "([^"]+)" %\}', t.read_text(encoding="utf-8"))}
    assert len(named) > 10
    assert named <= drawn


def test_no_template_carries_an_inline_script_style_or_handler() -> None:
    """The content security policy would refuse them in the browser; here they are refused before that."""
    inline = re.compile(r"""<style|\sstyle=|\son[a-z]+=["']|javascript:|<script(?![^>]*\bsrc=)|hx-on|hx-vals=['"]js:""")
    templates = list(Path(minsheng.__file__).parent.rglob("templates/**/*.html"))
    assert [t.name for t in templates if inline.search(t.read_text(encoding="utf-8"))] == []
    assert inline.search('<p style="color:red">')
    assert inline.search("<script>alert(1)</script>")
    assert not inline.search('<script src="/static/x.js" defer></script>')
