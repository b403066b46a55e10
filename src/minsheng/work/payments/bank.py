"""The bank behind one interface: a file goes out once, known by its hash; answers come back line by line.

`SimulatedBank` is the bank of demo and tests: a folder. It takes a file of one hash once and answers by fixed rules,
so that every outcome occurs. An adapter to a real bank (银企直联) has the same three methods.
"""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from minsheng.work.payments.types import Outcome

COLUMNS = ("序号", "户名", "账号", "开户行", "金额（元）", "用途", "流水号")


class BankSilent(Exception):
    """The bank did not answer in time: the file may have arrived, or not. Nobody may send it again."""


class AlreadyReceived(Exception):
    """The bank has a file of this hash: sending it again has no effect."""


@dataclass(frozen=True)
class Answer:
    """What the bank says of one line, by its serial number in the file (our line id)."""

    line_id: int
    outcome: Outcome
    code: str


@dataclass(frozen=True)
class FileLine:
    """One line of the bank file."""

    line_id: int
    holder_name: str
    account_number: str
    bank: str
    fen: int
    purpose: str


class Bank(Protocol):
    """What a bank can be asked."""

    def send(self, *, name: str, sha256: str, content: str) -> None: ...

    def knows(self, *, sha256: str) -> bool: ...

    def answers(self, *, sha256: str) -> list[Answer]: ...


def write_file(*, lines: list[FileLine]) -> str:
    """This function will write the file as CSV (docs/reference/bank-file.md); the same lines give the same text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for number, line in enumerate(lines, start=1):
        yuan = f"{line.fen // 100}.{line.fen % 100:02d}"
        writer.writerow([number, line.holder_name, line.account_number, line.bank, yuan, line.purpose, line.line_id])
    return out.getvalue()


def read_file(content: str) -> list[dict[str, str]]:
    """This function will read a bank file back into rows by column name."""
    return list(csv.DictReader(io.StringIO(content, newline="")))


ANSWER_WORDS = {"成功": Outcome.PAID, "退回": Outcome.RETURNED, "处理中": Outcome.UNKNOWN}


class UnableToReadAnswers(ValueError):
    """The bank's answer file cannot be read: says in which row and what to do."""


def read_answers(content: str) -> list[Answer]:
    """This function will read the bank's answers from CSV with the columns 流水号, 结果 and 说明; all rows or none."""
    answers = []
    for number, row in enumerate(read_file(content.removeprefix("\ufeff")), start=2):
        line, outcome = (row.get("流水号") or "").strip(), ANSWER_WORDS.get((row.get("结果") or "").strip())
        if not (line.isascii() and line.isdigit() and len(line) < 19) or outcome is None:
            raise UnableToReadAnswers(
                f"回盘第 {number} 行读不懂。要有“流水号”和“结果”两列，结果写成功、退回或处理中。没有接收任何一笔。"
            )
        answers.append(Answer(int(line), outcome, (row.get("说明") or "").strip()))
    if not answers:
        raise UnableToReadAnswers("回盘文件里没有一笔。请重新向银行取回盘文件。")
    return answers


class SimulatedBank:
    """A bank in a folder. Accounts that end in 8888 are closed (returned); those that end in 9999 stay unknown."""

    def __init__(self, folder: Path, *, silent: bool = False) -> None:
        self.folder, self.silent = folder, silent

    def send(self, *, name: str, sha256: str, content: str) -> None:
        """This method will take the file; a silent bank takes it and does not say so."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._place(sha256).exists():
            raise AlreadyReceived(sha256)
        half = self._place(sha256).with_suffix(".half")
        half.write_text(json.dumps({"name": name, "content": content}, ensure_ascii=False), encoding="utf-8")
        half.replace(self._place(sha256))
        if self.silent:
            raise BankSilent(name)

    def knows(self, *, sha256: str) -> bool:
        """This method will say whether the file arrived."""
        return self._place(sha256).exists()

    def answers(self, *, sha256: str) -> list[Answer]:
        """This method will answer line by line; nothing for a file that it does not know."""
        if not self.knows(sha256=sha256):
            return []
        content = json.loads(self._place(sha256).read_text(encoding="utf-8"))["content"]
        return [self._answer(row) for row in read_file(content)]

    def _answer(self, row: dict[str, str]) -> Answer:
        line, account = int(row["流水号"]), row["账号"]
        if account.endswith("8888"):
            return Answer(line, Outcome.RETURNED, "户名账号不符")
        if account.endswith("9999"):
            return Answer(line, Outcome.UNKNOWN, "处理中")
        return Answer(line, Outcome.PAID, "成功")

    def _place(self, sha256: str) -> Path:
        return self.folder / f"{sha256}.json"
