"""Ciphers stand behind one door: no other room may import them, and weak modes are not imported at all."""

import ast
from pathlib import Path

import minsheng

SOURCE = Path(minsheng.__file__).parent
CIPHER_PACKAGES = {"cryptography", "Crypto", "Cryptodome", "nacl", "gmssl", "gmalg", "pyaes"}


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names


def _cipher_importers() -> set[str]:
    return {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if any(name.split(".")[0] in CIPHER_PACKAGES for name in _imported(path))
    }


def test_only_the_sealing_room_imports_ciphers() -> None:
    importers = _cipher_importers()
    assert "foundation/sealing/suites.py" in importers  # the walk finds something
    assert {path for path in importers if not path.startswith("foundation/sealing/")} == set()


def test_no_deprecated_ciphers_are_imported() -> None:
    for path in (SOURCE / "foundation" / "sealing").rglob("*.py"):
        assert not any("decrepit" in name for name in _imported(path)), path
