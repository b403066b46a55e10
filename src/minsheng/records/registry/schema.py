"""Who is not there for whom, for the migrations of every room that holds a person: `shield`.

A person whose security label lies above the asker's clearance (GB/T 22239-2019 8.1.4.2 g) is no row: the policy is
restrictive, for the app role, on top of the one by area. The home such a person lives in is not there either: a home
with somebody missing would be reckoned wrongly, and its address leads to whoever hides in it. The functions run as the
owner, once per statement, and return the few who are beyond the asker; nobody learns from them who they are.
"""

from collections.abc import Iterable

from django.db import migrations

from minsheng.foundation.accounts.types import APP_ROLE

PEOPLE, HOMES = "registry_people_beyond_me", "registry_homes_beyond_me"


def beyond(name: str, query: str) -> migrations.RunSQL:
    """This function will return the step that makes a function of the ids of rows that are not there for the asker.

    What hangs on people is looked for only where somebody is beyond the asker: nearly always nobody is, and a month's
    payments are thousands of statements.
    """
    body, language = (
        (query, "sql")
        if name == PEOPLE
        else (f"BEGIN IF EXISTS (SELECT FROM {PEOPLE}()) THEN RETURN QUERY {query}; END IF; END", "plpgsql")
    )
    return migrations.RunSQL(
        f"""
            CREATE FUNCTION {name}() RETURNS SETOF bigint
            LANGUAGE {language} STABLE SECURITY DEFINER ROWS 100 SET search_path = public, pg_temp AS $$ {body} $$;
        """,
        f"DROP FUNCTION {name}();",
    )


def not_among(column: str, function: str) -> str:
    """This function will write the condition that a column names nobody whom the function returns; NULL names none."""
    return f"({column} IS NULL OR {column} NOT IN (SELECT {function}()))"


def shield(
    table: str,
    *,
    people: Iterable[str] = (),
    homes: Iterable[str] = (),
    through: Iterable[tuple[str, str]] = (),
    given: str = "",
) -> migrations.RunSQL:
    """This function will return the step that takes away rows of persons beyond the asker.

    `people` and `homes`: columns that name a person or a household; `through`: (column, function) for rows that reach
    a person by another row; `given`: a condition in SQL for what is none of these.
    """
    inside = " AND ".join(
        [
            *(not_among(column, PEOPLE) for column in people),
            *(not_among(column, HOMES) for column in homes),
            *(not_among(column, function) for column, function in through),
            *([f"({given})"] if given else []),
        ]
    )
    return migrations.RunSQL(
        f"CREATE POLICY {table}_shield ON {table} AS RESTRICTIVE TO {APP_ROLE} USING ({inside}) WITH CHECK ({inside});",
        f"DROP POLICY {table}_shield ON {table};",
    )
