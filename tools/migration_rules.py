"""Migrations that may run while people work: old code beside new tables, no lock that keeps pages waiting.

`python tools/migration_rules.py` prints what breaks a rule and exits 1; `--release` writes down which migrations are
released. Tables made by released migrations hold rows somewhere: on those, a change goes in three steps, expand → fill
by a job → contract, each a release of its own. Tables that are new since the release may be changed freely.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RELEASED = Path(__file__).with_name("released_migrations.txt")
CONTRACT = "contract_"  # in the name of a migration that takes away what the release before no longer uses
_LONG_LOCKS = (
    (r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)", "an index is made CONCURRENTLY, in a migration of its own"),
    (r"\bALTER\s+COLUMN\s+\w+\s+(SET\s+DATA\s+)?TYPE\b", "a type is changed by a second column, filled by a job"),
    (r"\bSET\s+NOT\s+NULL\b", "NOT NULL is a CHECK … NOT VALID, validated later"),
    (r"\bLOCK\s+TABLE\b", "no table is locked by hand"),
    (r"\bUPDATE\s+\w+\s+SET\b|\bDELETE\s+FROM\b", "rows are filled or taken away by a job, in turns"),
    (r"\bADD\s+CONSTRAINT\b(?![^;]*\bNOT\s+VALID\b)", "a constraint is added NOT VALID and validated later"),
    (r"\bDROP\s+(TABLE|COLUMN)\b", "what the running code still reads is taken away one release later (contract_…)"),
)


def faults(loader: Any, *, released: frozenset[str]) -> Iterator[str]:
    """This function will return what breaks a rule: `app.name: sentence`."""
    made = _tables_by(loader, released)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if f"{app}.{name}" in released or not migration.__module__.startswith("minsheng."):
            continue
        for operation in migration.operations:
            for sentence in _of(operation, app, name, made, migration):
                yield f"{app}.{name}: {sentence}"


def _tables_by(loader: Any, released: frozenset[str]) -> set[str]:
    """Models and tables of released migrations."""
    found = set()
    for (app, name), migration in loader.disk_migrations.items():
        if f"{app}.{name}" in released:
            for operation in migration.operations:
                if type(operation).__name__ == "CreateModel":
                    found |= {f"{app}.{operation.name_lower}", operation.options.get("db_table", "")}
    return found


def _of(operation: Any, app: str, name: str, made: set[str], migration: Any) -> Iterator[str]:
    kind = type(operation).__name__
    if kind == "RunSQL":
        statements = operation.sql if isinstance(operation.sql, str) else " ".join(map(str, operation.sql))
        if any(table and re.search(rf"\b{table}\b", statements) for table in made):
            for pattern, sentence in _LONG_LOCKS:
                if re.search(pattern, statements, re.IGNORECASE) and not (CONTRACT in name and "contract_" in sentence):
                    yield sentence
        return
    if kind == "SeparateDatabaseAndState":
        for inner in operation.database_operations:
            yield from _of(inner, app, name, made, migration)
        return
    model = getattr(operation, "model_name_lower", "") or getattr(operation, "name_lower", "")
    if f"{app}.{model}" not in made:
        return
    if kind == "AddIndex":
        yield f"AddIndexConcurrently for {model}, in a migration that is not atomic"
    if kind == "AddIndexConcurrently" and migration.atomic:
        yield "a concurrent index needs atomic = False"
    if kind == "AddField" and not operation.field.null and not operation.field.has_db_default():
        yield f"{model}.{operation.name}: null, or db_default: the code that runs now does not fill it"
    if kind == "AlterField":
        yield f"{model}.{operation.name}: another column, filled by a job, then the old one goes"
    if kind == "AddConstraint":
        yield f"{model}: AddConstraintNotValid, then ValidateConstraint in the next migration"
    if kind in ("RenameField", "RenameModel", "AlterModelTable"):
        yield f"{model}: no renaming under running code"
    if kind in ("RemoveField", "DeleteModel") and CONTRACT not in name:
        yield f"{model}: taken away one release after nothing reads it, in a migration named {CONTRACT}…"
    if kind == "RunPython":
        yield "rows are filled by a job, in turns, not by a migration"


def released_migrations() -> frozenset[str]:
    """This function will return the migrations of the last release that anybody installed."""
    lines = RELEASED.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def main() -> int:
    """This function will print the faults, or write the list of a release."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.config.settings")
    import django

    django.setup()
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    if "--release" in sys.argv:
        head = [line for line in RELEASED.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        names = sorted(f"{app}.{name}" for (app, name), one in loader.disk_migrations.items()
                       if one.__module__.startswith("minsheng."))  # fmt: skip
        RELEASED.write_text("\n".join([*head, *names]) + "\n", encoding="utf-8")
        return 0
    found = list(faults(loader, released=released_migrations()))
    print(*found, f"{len(found)} faults" if found else "the migrations may run while people work", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
