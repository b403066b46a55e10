"""The walls themselves are tested: twenty-four faults are seeded one by one, and each must be found.

Import faults go through `.importlinter`, the others through `tools/house_rules.py`. The control, the house as it is,
must be clean, or a found fault would prove nothing.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MIN = "minsheng"

# (where, line to add, what the report must name)
IMPORT_FAULTS = {
    "foundation-knows-registry": ("foundation/audit/queries.py", "import minsheng.records.registry.types", "floors"),
    "records-know-work": ("records/places/queries.py", "import minsheng.work.eligibility.types", "floors"),
    "work-knows-config": ("work/eligibility/rules.py", "import minsheng.config.roles", "floors"),
    "foundation-knows-config": ("foundation/pages/wording.py", "import minsheng.config.roles", "floors"),
    "places-know-registry": ("records/places/rules.py", "import minsheng.records.registry.types", "records"),
    "a-drawer-on-the-first-floor": ("utils.py", "", "floors"),
    "a-drawer-in-the-foundation": ("foundation/common.py", "", "foundation"),
    "a-drawer-in-work": ("work/core.py", "", "work"),
    "a-drawer-in-records": ("records/helpers.py", "", "records"),
    "accounts-know-access": ("foundation/accounts/queries.py", "import minsheng.foundation.access.types", "foundation"),
    "events-know-jobs": ("foundation/events/types.py", "import minsheng.foundation.jobs", "foundation"),
    "registry-knows-the-rulebook": ("records/registry/queries.py", "import rulebook", "one-door"),
    "rulebook-knows-django": ("../rulebook/law.py", "import django", "rulebook-is-pure"),
    "rulebook-knows-the-platform": ("../rulebook/law.py", "import minsheng", "rulebook-is-pure"),
    "twin-knows-the-rulebook": ("../twin/sources.py", "import rulebook", "twin-is-pure"),
    "rules-know-django": ("work/eligibility/rules.py", "import django.db", "rules-are-pure"),
    "types-know-the-database": ("work/eligibility/types.py", "import psycopg", "rules-are-pure"),
    "pages-know-models": ("work/eligibility/pages/today.py", "import minsheng.work.eligibility.models", "pages-ask"),
    "another-rooms-model": (
        "work/eligibility/queries/today.py", "import minsheng.foundation.audit.models", "models-are-private",
    ),
}  # fmt: skip
HOUSE_FAULTS = {
    "clock-in-a-room": ("minsheng/work/eligibility/rules.py", "from datetime import datetime\nX = datetime.now()"),
    "save-with-a-life": ("minsheng/work/eligibility/models.py", "class A:\n    def save(self): ..."),
    "float-money": ("rulebook/law.py", "X = float(1)"),
    "keys-in-the-project": ("../keys.json", "{}"),
    "cipher-in-a-room": ("minsheng/records/registry/types.py", "import cryptography"),
    "positional-operation": ("minsheng/work/eligibility/operations/lists.py", "def pay(person): ..."),
    "skipping-switch": ("minsheng/work/eligibility/operations/lists.py", "def pay(*, force): ..."),
    "signal": ("minsheng/work/eligibility/models.py", "from django.db.models.signals import post_save"),
    "unsafe-text": ("minsheng/work/eligibility/templates/eligibility/today.html", "{{ name|safe }}"),
    "inline-script": ("minsheng/work/eligibility/templates/eligibility/today.html", "<script>x()</script>"),
}


def copy_of_the_house(target: Path) -> Path:
    ignore = shutil.ignore_patterns("static", "fonts", "data", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", target / "src", ignore=ignore)
    shutil.copy(ROOT / ".importlinter", target)
    return target / "src"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(folder / "src"), "COLUMNS": "200"}
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def seed(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")


def house_rules():  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location("house_rules", ROOT / "tools" / "house_rules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_house_is_clean() -> None:
    found = house_rules().faults(ROOT / "src")
    assert not found, "\n".join(f"{path.relative_to(ROOT)}:{line}: {sentence}" for path, line, sentence in found)


@pytest.mark.slow
@pytest.mark.parametrize("name", [None, *IMPORT_FAULTS])
def test_imports_stay_inside_the_walls(name: str | None, tmp_path: Path) -> None:
    source = copy_of_the_house(tmp_path)
    if name is None:
        control = lint(tmp_path)
        assert control.returncode == 0, control.stdout + control.stderr
        return
    place, line, contract = IMPORT_FAULTS[name]
    seed((source / MIN / place).resolve(), line)
    report = lint(tmp_path)
    assert report.returncode != 0, f"the fault {name} was not found"
    assert contract_title(contract) in report.stdout + report.stderr


def contract_title(key: str) -> str:
    """The name of the contract whose id begins with `key`; exhaustive layers name their container instead."""
    text = (ROOT / ".importlinter").read_text(encoding="utf-8")
    section = text.split(f"[importlinter:contract:{key}")[1]
    return section.split("name = ")[1].splitlines()[0]


@pytest.mark.parametrize("name", HOUSE_FAULTS)
def test_house_rules_find_the_fault(name: str, tmp_path: Path) -> None:
    """These rules look at one file at a time, so the one file, in its place, is enough of a house."""
    place, line = HOUSE_FAULTS[name]
    source, rules = tmp_path / "src", house_rules()
    if (ROOT / "src" / place).exists():
        seed(source / place, (ROOT / "src" / place).read_text(encoding="utf-8"))
    assert rules.faults(source) == []
    seed(source / place, line)
    assert rules.faults(source), f"the fault {name} was not found"
