"""`minsheng payments prove`: one JSON line that anybody can check."""

import json
from dataclasses import asdict
from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.payments.queries.proof import prove


def print_proof(*, viewer: Viewer, at: datetime) -> int:
    """This function will print what must hold of ledger and payments as one JSON line; exit code 1 where it fails."""
    with acting_as(viewer=viewer, at=at):
        proof = prove(viewer=viewer, at=at)
    print(json.dumps({"holds": proof.holds, **asdict(proof)}))
    return 0 if proof.holds else 1
