"""A payroll that is killed and gone on with: run in a process of its own by the tests of experiments E3 and E4.

Django is set up once; each attempt is a fork that goes on from whatever state it finds, as a worker started again
would. An attempt is killed with SIGKILL at the n-th step that it takes: before or after a statement to the database,
or while the bank has the file and nobody has written so down. `Careless` is the control: it sends what it does not
know to have arrived.
"""

import json
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import django


class RecordingBank:
    """A bank that notes every file it takes, the same one twice as well, and is asked what it has."""

    def __init__(self, folder: Path, step: Callable[[], None]) -> None:
        self.log, self.step = folder / "taken.jsonl", step

    def send(self, *, name: str, sha256: str, content: str) -> None:
        self.step()
        with self.log.open("a", encoding="utf-8") as out:
            out.write(json.dumps({"sha256": sha256, "content": content}) + "\n")
            out.flush()
            os.fsync(out.fileno())
        self.step()

    def knows(self, *, sha256: str) -> bool:
        self.step()
        return any(one["sha256"] == sha256 for one in self.taken())

    def taken(self) -> list[dict[str, str]]:
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


def go_on(*, people: dict[str, Any], at: datetime, district: int, bank: RecordingBank, careless: bool) -> None:
    """This function will take a month from wherever it stands to reconciled."""
    from django.db.models import Q

    from minsheng.foundation.access.context import acting_as
    from minsheng.foundation.jobs.types import Turn
    from minsheng.work.payments import operations as payments
    from minsheng.work.payments.bank import Answer, read_file
    from minsheng.work.payments.models import BankFile, Run
    from minsheng.work.payments.types import FileState, Outcome, RunState

    business, cashier = people["business"], people["cashier"]

    @contextmanager
    def step() -> Iterator[Turn]:
        with acting_as(viewer=cashier, at=at):
            yield Turn(cashier, at)

    while True:
        with acting_as(viewer=business, at=at):
            run = Run.objects.filter(~Q(state=RunState.SETTLED.value)).first()
            if run is None and Run.objects.exists():
                return
            state, number = (RunState(run.state), run.pk) if run else (None, 0)
            file = BankFile.objects.filter(run_id=number).first()
        if state is None:
            payments.compile_run(actor=business, at=at, area_id=district, month=at.date().replace(day=1))
        elif state is RunState.COMPILED:
            payments.lock_run(actor=business, at=at, run_id=number)
        elif state is RunState.LOCKED:
            payments.sign_run(actor=people["review"], at=at, run_id=number)
        elif state is RunState.SIGNED:
            payments.release_run(actor=cashier, at=at, run_id=number)
        elif file is not None and file.state != FileState.SENT:
            if careless:  # the control: no mark before the bank is called, no question afterwards
                content = payments.file_content(actor=cashier, at=at, run_id=number, purpose="bank")[1]
                bank.send(name=file.name, sha256=file.sha256, content=content)
                payments.hand_over(actor=cashier, at=at, run_id=number)
            else:
                payments.send_file(step=step, run_id=number, bank=bank)
        else:
            assert file is not None
            told = next(one for one in bank.taken() if one["sha256"] == file.sha256)
            answers = [Answer(int(row["流水号"]), Outcome.PAID, "成功") for row in read_file(told["content"])]
            payments.receive_answers(actor=cashier, at=at, run_id=number, answers=answers)
            payments.settle_run(actor=people["accountant"], at=at, run_id=number)


class Killer:
    """Counts steps and kills its process at one of them; 0 never does."""

    def __init__(self, last: int) -> None:
        self.left = last

    def __call__(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self()
        result = execute(sql, params, many, context)
        self()
        return result


def main() -> None:
    """This function will read what to do from standard input and print what came of it as one JSON line."""
    told = json.loads(sys.stdin.read())
    django.setup()
    from django.db import connection

    from minsheng.foundation.access.queries import get_viewer

    at, folder = datetime.fromisoformat(told["at"]), Path(told["folder"])
    chance = random.Random(told["seed"])
    kills, attempts = 0, 0
    while True:
        attempts += 1
        last = chance.randrange(1, told["reach"]) if kills < told["kills"] else 0
        child = os.fork()
        if child == 0:
            killer = Killer(last)
            bank = RecordingBank(folder, killer)
            people = {
                role: get_viewer(account_id=number, name=role, username=role, at=at)
                for role, number in told["people"].items()
            }
            with connection.execute_wrapper(killer.around):
                go_on(people=people, at=at, district=told["district"], bank=bank, careless=told["careless"])
            connection.close()
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if not os.WIFSIGNALED(status):
            print(json.dumps({"kills": kills, "attempts": attempts, "exit": os.waitstatus_to_exitcode(status)}))
            return
        kills += 1


if __name__ == "__main__":
    main()
