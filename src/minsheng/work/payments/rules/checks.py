"""The checks that every run passes before it is locked: one named rule each, with what it does and what to do."""

from dataclasses import dataclass

from minsheng.work.payments.types import Severity


@dataclass(frozen=True)
class Check:
    """One rule: code, what it says of a line, what it does, and the next step."""

    code: str
    label: str
    severity: Severity
    remedy: str


CHECKS: tuple[Check, ...] = (
    Check("dead", "发放月份晚于死亡月份", Severity.BLOCK, "核对死亡日期，终止发放；多发的部分走追回"),
    Check("custody", "本人正在服刑或强制隔离戒毒", Severity.BLOCK, "核对后停发，已发的走重新计算"),
    Check("moved", "户籍和居住都已不在本区", Severity.REVIEW, "联系本人，办理转移或终止"),
    Check("missing_account", "没有经审核的收款账户", Severity.BLOCK, "补录收款账户并由另一人审核"),
    Check("broken_seal", "账户或金额被改动过，封印不对", Severity.BLOCK, "立即报安全管理员，核对决定书后重新登记"),
    Check("over_ceiling", "超过这项待遇的每月限额", Severity.BLOCK, "核对决定书上的金额"),
    Check("duplicate_account", "同一个账户收几户的钱", Severity.REVIEW, "核实是否代领，代领要有委托书"),
    Check("relief_again", "一年内给过同一项一次性救助", Severity.REVIEW, "核对是不是同一件事；不是的写明再发"),
    Check("changed_account", "收款账户刚改过", Severity.REVIEW, "打电话向本人确认"),
    Check("differs_from_rules", "与按政策算出的金额不同", Severity.NOTE, "打开计算说明核对，需要时重新审批"),
    Check("fund_short", "专项资金余额不够", Severity.BLOCK, "联系财政拨款，到账登记后再锁定"),
)
BY_CODE = {check.code: check for check in CHECKS}
