"""The checks of `rules.checks`, each as one statement over the run; what blocks a line holds it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing.envelope import open_value
from minsheng.foundation.sealing.keyring import Keyring
from minsheng.foundation.sealing.operations import UnableToOpenSealed, current_keyring
from minsheng.foundation.sealing.types import SealedColumn
from minsheng.records.registry.queries.whereabouts import whereabouts
from minsheng.work.eligibility.queries.standing import payable_on
from minsheng.work.payments.figures import ANY_OTHER_CEILING_FEN, ceilings_on, figure
from minsheng.work.payments.models import Amount, Finding, Line, PayeeAccount, Run
from minsheng.work.payments.rules.checks import BY_CODE
from minsheng.work.payments.rules.months import first_of, plus
from minsheng.work.payments.sealed_columns import ACCOUNT_NUMBER, ACCOUNT_ROW, AMOUNT, amount_words
from minsheng.work.payments.types import LineKind

_INSERT = """
INSERT INTO payments_finding (run_id, area_id, line_id, check_code, severity, detail, settled_reason)
SELECT l.run_id, l.area_id, l.id, %(code)s, %(severity)s, '', '' FROM
"""
MISSING_ACCOUNT = "payments_line l WHERE l.run_id = %(run)s AND l.account_row_id IS NULL"
OVER_CEILING = """
payments_line l LEFT JOIN unnest(%(schemes)s::text[], %(ceilings)s::bigint[]) c(scheme, fen) ON c.scheme = l.scheme
WHERE l.run_id = %(run)s AND l.kind IN ('regular', 'once') AND l.amount_fen > coalesce(c.fen, %(other)s)
"""
# One sort, and no join of the lines with themselves: nobody has counted the lines of a fresh run yet, the planner takes
# them for one and would compare each with each.
DUPLICATE_ACCOUNT = """
(
    SELECT k.id, k.run_id, k.area_id, min(k.household_id) OVER same AS least, max(k.household_id) OVER same AS most
    FROM payments_line k JOIN payments_account p ON p.id = k.account_row_id
    WHERE k.run_id = %(run)s WINDOW same AS (PARTITION BY p.number_index)
) l WHERE l.least <> l.most
"""
# The same kind of relief within a year, by the bank or out of a float: somebody looks whether it is the same matter.
RELIEF_AGAIN = """
payments_line l WHERE l.run_id = %(run)s AND l.kind = 'once' AND (
    EXISTS (SELECT 1 FROM payments_line k WHERE k.household_id = l.household_id AND k.scheme = l.scheme
            AND k.kind = 'once' AND k.grant_id <> l.grant_id AND k.month > l.month - interval '1 year'
            AND k.live)
    OR EXISTS (SELECT 1 FROM payments_float_draw d WHERE d.household_id = l.household_id AND d.scheme = l.scheme
               AND d.withdrawn_at IS NULL AND d.asked_at > l.month - interval '1 year'))
"""
CHANGED_ACCOUNT = """
payments_line l JOIN payments_account p ON p.id = l.account_row_id
WHERE l.run_id = %(run)s AND p.approved_by IS NOT NULL AND p.approved_at >= %(quiet_since)s
"""
FUND_SHORT = """
INSERT INTO payments_finding (run_id, area_id, line_id, check_code, severity, detail, settled_reason)
SELECT %(run)s, %(area)s, NULL, 'fund_short', 'block',
       string_agg(due.scheme || ' ' || (due.fen - coalesce(fund.fen, 0)), '; ' ORDER BY due.scheme), ''
FROM (SELECT scheme, sum(amount_fen - deducted_fen) AS fen FROM payments_line
      WHERE run_id = %(run)s AND state = 'planned' GROUP BY scheme) due
LEFT JOIN (SELECT scheme, sum(amount_fen) AS fen FROM payments_entry WHERE ledger = 'fund' GROUP BY scheme) fund
       ON fund.scheme = due.scheme
WHERE due.fen > coalesce(fund.fen, 0)
HAVING count(*) > 0
"""
# From the findings to the lines: nobody has counted these rows yet, and the other way round the planner would compare
# every line with every finding.
HOLD = """
WITH blocked AS MATERIALIZED (
    SELECT DISTINCT line_id FROM payments_finding WHERE run_id = %(run)s AND severity = 'block' AND line_id IS NOT NULL)
UPDATE payments_line l SET state = 'held' FROM blocked b WHERE l.id = b.line_id AND l.state = 'planned'
"""

# Arrears are not in it: they are by a difference, which its own officer confirmed.
DECIDED = (LineKind.REGULAR.value, LineKind.ONCE.value)


def check_lines(*, run: Run, viewer: Viewer, at: datetime) -> None:
    """This function will write the findings of a freshly compiled run and hold what must not be paid."""
    ceilings = ceilings_on(run.month)
    values: dict[str, Any] = {
        "run": run.pk,
        "area": run.area_id,
        "schemes": list(ceilings),
        "ceilings": list(ceilings.values()),
        "other": ANY_OTHER_CEILING_FEN,
        "quiet_since": at - timedelta(days=figure("account_quiet_days", run.month)),
    }
    with connection.cursor() as cursor:
        for code, condition in (
            ("missing_account", MISSING_ACCOUNT),
            ("over_ceiling", OVER_CEILING),
            ("duplicate_account", DUPLICATE_ACCOUNT),
            ("changed_account", CHANGED_ACCOUNT),
            ("relief_again", RELIEF_AGAIN),
        ):
            cursor.execute(_INSERT + condition, values | {"code": code, "severity": BY_CODE[code].severity.value})
    _check_people(run, at)
    _check_rules(run)
    note_findings(run=run, code="broken_seal", line_ids=broken_seals(run_id=run.pk))
    with connection.cursor() as cursor:
        cursor.execute(HOLD, values)
        cursor.execute(FUND_SHORT, values)


def note_findings(*, run: Run, code: str, line_ids: Iterable[int], detail: str = "") -> None:
    """This function will write one finding for each of these lines."""
    areas = dict(Line.objects.filter(id__in=set(line_ids)).values_list("id", "area_id"))
    Finding.objects.bulk_create(
        [
            Finding(
                run=run,
                area_id=area,
                line_id=line,
                check_code=code,
                severity=BY_CODE[code].severity.value,
                detail=detail,
            )
            for line, area in areas.items()
        ],
        batch_size=2_000,
        ignore_conflicts=True,
    )


def broken_seals(*, run_id: int) -> list[int]:
    """This function will return the lines whose amount or account does not bear its seal: changed in the database."""
    keyring = current_keyring()
    of_run = Line.objects.filter(run_id=run_id)
    lines = list(of_run.values_list("id", "grant_id", "amount_row_id", "account_row_id", "amount_fen", "kind"))
    amounts = {
        row[0]: row[1:]
        for row in Amount.objects.filter(id__in=of_run.values("amount_row_id")).values_list(
            "id", "grant_id", "valid_from", "valid_to", "amount_fen", "decision_sha256", "seal"
        )
    }
    accounts = {row.pk: row for row in PayeeAccount.objects.filter(id__in=of_run.values("account_row_id"))}
    vouched: dict[int, bool] = {}
    for number, (grant_id, since, until, fen, sha256, sealed) in amounts.items():
        words = amount_words(grant_id=grant_id, valid_from=since, valid_to=until, amount_fen=fen, sha256=sha256)
        vouched[number] = _opens_as(keyring, AMOUNT, number, sealed, words)
    kept = {
        number: ACCOUNT_ROW.holds(row, keyring=keyring)
        and _opens_as(keyring, ACCOUNT_NUMBER, number, row.number_sealed, None)
        for number, row in accounts.items()
    }
    broken = []
    for line, grant_id, amount_row, account_row, fen, kind in lines:
        amount = amounts.get(amount_row)
        decided = kind in DECIDED
        wrong_amount = decided and (
            amount is None or not vouched[amount_row] or amount[0] != grant_id or amount[3] != fen
        )
        account = accounts.get(account_row) if account_row else None
        wrong_account = account_row is not None and (
            account is None or not kept[account_row] or account.grant_id != grant_id
        )
        if wrong_amount or wrong_account:
            broken.append(line)
    return broken


def _opens_as(
    keyring: Keyring, context: SealedColumn, row_id: int, sealed: bytes | memoryview | None, expected: str | None
) -> bool:
    if sealed is None:
        return False
    try:
        text = open_value(keyring=keyring, context=context, row_id=row_id, sealed=bytes(sealed))
    except UnableToOpenSealed:
        return False
    return expected is None or text == expected


def dead_by_now(*, run: Run, at: datetime) -> set[int]:
    """This function will return the planned lines of whom a death became known that they must not be paid after."""
    return _people_of(run, at, state="planned")["dead"]


def _check_people(run: Run, at: datetime) -> None:
    for code, line_ids in _people_of(run, at).items():
        note_findings(run=run, code=code, line_ids=line_ids)


def _people_of(run: Run, at: datetime, *, state: str | None = None) -> dict[str, set[int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, l.month, coalesce(l.person_id, g.payee_person_id), g.payee_person_id, l.kind = 'once'"
            " FROM payments_line l JOIN payments_grant g ON g.id = l.grant_id"
            " WHERE l.run_id = %(run)s AND (%(state)s::text IS NULL OR l.state = %(state)s)",
            {"run": run.pk, "state": state},
        )
        lines = cursor.fetchall()
    people = {person for row in lines for person in row[2:4]}
    told = whereabouts(person_ids=people, on=plus(run.month, 1), known_at=at)
    found: dict[str, set[int]] = {"dead": set(), "custody": set(), "moved": set()}
    for line, month, beneficiary, payee, once in lines:
        for person in {beneficiary, payee}:
            one = told.get(person)
            if one is None:
                continue
            # A month that a dead person has lived in is still due; relief once goes to nobody's account of the dead.
            if one.died_on is not None and (month > first_of(one.died_on) or (once and person == payee)):
                found["dead"].add(line)
            if person == beneficiary and one.in_custody:
                found["custody"].add(line)
            if person == beneficiary and one.moved_away:
                found["moved"].add(line)
    return found


def _check_rules(run: Run) -> None:
    due = payable_on(month=run.month)
    if not due:
        return
    lines = Line.objects.filter(run=run, month=run.month, kind="regular").values_list(
        "id", "scheme", "household_id", "person_id", "amount_fen"
    )
    differing = [
        line
        for line, scheme, household, person, fen in lines
        if (worked := due.get((scheme, household, person))) is not None and worked != fen
    ]
    note_findings(run=run, code="differs_from_rules", line_ids=differing)
