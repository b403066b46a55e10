from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.work.eligibility.bulk import insert_many
from minsheng.work.eligibility.models import Receipt


class UnableToLoadReceipts(ValueError):
    """The payment export cannot be taken: says what is wrong with it."""


COLUMNS = ("scheme", "area_id", "household_id", "person_id", "amount_fen", "since_date")


def load_receipts(*, actor: Viewer, at: datetime, source: str, rows: pa.Table) -> int:
    """This function will replace what `source` says is being paid by a new export, and return the number of rows.

    `rows` has the columns of `COLUMNS`, amounts in fen per month. All or nothing.
    """
    require(viewer=actor, capability="registry.import")
    missing = set(COLUMNS) - set(rows.column_names)
    if missing:
        raise UnableToLoadReceipts(f"发放数据缺少这些列：{'、'.join(sorted(missing))}。请按模板补齐后再导入。")
    with acting_as(viewer=actor, at=at):
        Receipt.objects.filter(source=source).delete()
        insert_many("eligibility_receipt", (*COLUMNS, "source"), _with_source(rows, source))
        audit.record(
            actor=actor,
            at=at,
            action="eligibility.receipts_loaded",
            object_type="eligibility.receipts",
            object_id=source,
            detail={"rows": rows.num_rows},
        )
    return int(rows.num_rows)


def _with_source(rows: pa.Table, source: str) -> Iterable[tuple[object, ...]]:
    for batch in rows.select(list(COLUMNS)).to_batches(max_chunksize=50_000):
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            yield (*values, source)
