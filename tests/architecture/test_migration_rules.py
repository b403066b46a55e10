"""Migrations on released tables keep to the rules of changes under running code; each rule finds its planted fault.

While nothing is released the tree has nothing to break; what the rules would say of it, had everything before the last
migration of each room been released, is printed.
"""

import importlib.util
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

TOOL = Path(__file__).parents[2] / "tools" / "migration_rules.py"


@pytest.fixture(scope="module")
def rules() -> ModuleType:
    """This fixture will read the tool."""
    spec = importlib.util.spec_from_file_location("migration_rules", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_migrations_may_run_while_people_work(rules: ModuleType) -> None:
    loader = MigrationLoader(None)
    assert list(rules.faults(loader, released=rules.released_migrations())) == []
    everything_before = frozenset(f"{app}.{name}" for app, name in loader.disk_migrations if name.startswith("0001"))
    print("had 0001 of each room been released:", len(list(rules.faults(loader, released=everything_before))))


number = models.BigAutoField(primary_key=True)


def planted(name: str, *operations: Any, atomic: bool = True) -> Any:
    """A loader with one released table and one migration after it."""
    first = SimpleNamespace(
        operations=[
            migrations.CreateModel(
                "Person", [("id", models.BigAutoField(primary_key=True))], {"db_table": "reg_person"}
            )
        ],
        atomic=True,
        __module__="minsheng.planted",
    )
    second = SimpleNamespace(operations=list(operations), atomic=atomic, __module__="minsheng.planted")
    return SimpleNamespace(disk_migrations={("reg", "0001_initial"): first, ("reg", name): second})


text = models.CharField(max_length=9)
index = models.Index(fields=["id"], name="x")
check = models.CheckConstraint(condition=models.Q(id__gt=0), name="x")
FAULTS: list[tuple[Any, str]] = [
    (migrations.AddIndex("person", index), "AddIndexConcurrently"),
    (AddIndexConcurrently("person", index), "atomic"),
    (migrations.AddField("person", "note", text), "db_default"),
    (migrations.AlterField("person", "id", text), "another column"),
    (migrations.AddConstraint("person", check), "NotValid"),
    (migrations.RenameField("person", "id", "number"), "no renaming"),
    (migrations.RemoveField("person", "id"), "contract_"),
    (migrations.DeleteModel("Person"), "contract_"),
    (migrations.RunSQL("CREATE INDEX x ON reg_person (id)"), "CONCURRENTLY"),
    (migrations.RunSQL("ALTER TABLE reg_person ALTER COLUMN id TYPE text"), "second column"),
    (migrations.RunSQL("ALTER TABLE reg_person ALTER COLUMN id SET NOT NULL"), "NOT VALID"),
    (migrations.RunSQL("UPDATE reg_person SET id = 1"), "by a job"),
    (migrations.RunSQL("LOCK TABLE reg_person"), "by hand"),
    (migrations.RunSQL("ALTER TABLE reg_person ADD CONSTRAINT x CHECK (id > 0)"), "NOT VALID"),
    (migrations.RunSQL("ALTER TABLE reg_person DROP COLUMN id"), "one release later"),
]
LAWFUL: list[tuple[str, Any, bool]] = [
    ("0002_x", migrations.AddField("person", "note", models.CharField(max_length=9, null=True)), True),
    ("0002_x", migrations.AddField("person", "note", models.CharField(max_length=9, db_default="")), True),
    ("0002_x", AddIndexConcurrently("person", index), False),
    ("0002_contract_note", migrations.RemoveField("person", "note"), True),
    ("0002_x", migrations.RunSQL("ALTER TABLE reg_person ADD CONSTRAINT x CHECK (id > 0) NOT VALID"), True),
    ("0002_x", migrations.RunSQL("CREATE INDEX x ON reg_other (id)"), True),
    ("0002_x", migrations.CreateModel("Other", [("id", number)]), True),
]


@pytest.mark.parametrize(("operation", "words"), FAULTS, ids=lambda one: type(one).__name__)
def test_each_rule_finds_its_fault(rules: ModuleType, operation: Any, words: str) -> None:
    found = list(rules.faults(planted("0002_x", operation), released=frozenset({"reg.0001_initial"})))
    assert len(found) == 1, found
    assert words in found[0]
    assert list(rules.faults(planted("0002_x", operation), released=frozenset())) == [], "a new table is free"


@pytest.mark.parametrize(("name", "operation", "atomic"), LAWFUL)
def test_what_is_lawful_passes(rules: ModuleType, name: str, operation: Any, atomic: bool) -> None:
    loader = planted(name, operation, atomic=atomic)
    assert list(rules.faults(loader, released=frozenset({"reg.0001_initial"}))) == []
