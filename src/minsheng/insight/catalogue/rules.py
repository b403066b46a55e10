"""Pure decisions: what a column's name says of its unit and secrecy, and what may follow in an issue's life."""

from collections.abc import Mapping

from minsheng.insight.catalogue.types import IssueAct, IssueState, Secrecy, Sharing
from minsheng.records.registry.vocabulary import Sensitivity

TRANSITIONS: Mapping[tuple[IssueState, IssueAct], IssueState] = {
    (IssueState.OPEN, IssueAct.TAKE): IssueState.TAKEN,
    (IssueState.TAKEN, IssueAct.GIVE_BACK): IssueState.OPEN,
    (IssueState.TAKEN, IssueAct.ANSWER): IssueState.ANSWERED,
    (IssueState.ANSWERED, IssueAct.REOPEN): IssueState.OPEN,
    (IssueState.OPEN, IssueAct.MEASURED_GOOD): IssueState.CLOSED,
    (IssueState.TAKEN, IssueAct.MEASURED_GOOD): IssueState.CLOSED,
    (IssueState.ANSWERED, IssueAct.MEASURED_GOOD): IssueState.CLOSED,
}
BY_PEOPLE = (IssueAct.TAKE, IssueAct.GIVE_BACK, IssueAct.ANSWER, IssueAct.REOPEN)

# Ending of a column's name -> the unit of its values.
UNITS = (
    ("_fen", "分"),
    ("_m2", "平方米"),
    ("_permille", "‰"),
    ("_percent", "%"),
    ("_seconds", "秒"),
    ("_days", "天"),
    ("_months", "个月"),
    ("lon", "度（WGS84）"),
    ("lat", "度（WGS84）"),
)
_UNIT_WORDS = {
    "fen": "分",
    "person": "人",
    "household": "户",
    "year": "年",
    "month": "月",
    "day": "天",
    "time": "次",
    "item": "项",
    "score": "分值",
}
# Columns that make a row one of a person or household.
KEYS_OF_PERSONS = frozenset({"person_id", "household_id", "subject_id", "applicant_id", "payee_person_id"})
# Endings of technical columns: nothing of a person can be read from them without a key.
_TECHNICAL = ("_index", "_hash", "_digest", "_sha256", "sha256", "mac", "seal", "digest")
_SECRECY_OF: Mapping[Sensitivity, Secrecy] = {
    Sensitivity.PLAIN: Secrecy.PERSONAL,
    Sensitivity.FAMILY: Secrecy.SENSITIVE,
    Sensitivity.INCOME: Secrecy.SENSITIVE,
    Sensitivity.HEALTH: Secrecy.SENSITIVE,
    Sensitivity.JUSTICE: Secrecy.SENSITIVE,
}
_STRICTEST = {Secrecy.SEALED: Sharing.NONE, Secrecy.SENSITIVE: Sharing.LIMITED, Secrecy.PERSONAL: Sharing.LIMITED}
_ORDER = (Sharing.OPEN, Sharing.LIMITED, Sharing.NONE)


def state_after(state: IssueState, act: IssueAct) -> IssueState | None:
    """This function will return what an act leads to, or None where it is not allowed."""
    return TRANSITIONS.get((state, act))


def acts_in(state: IssueState) -> tuple[IssueAct, ...]:
    """This function will return what a person may do to an issue now."""
    return tuple(act for act in BY_PEOPLE if (state, act) in TRANSITIONS)


def spoken_unit(unit: str) -> str:
    """This function will write a unit of policies/inputs.yaml in words: fen/person/year is 分/人/年."""
    return "/".join(_UNIT_WORDS.get(part, part) for part in unit.split("/")) if unit else ""


def unit_of(name: str) -> str:
    """This function will return the unit that a column's name tells."""
    return next((unit for ending, unit in UNITS if name.endswith(ending)), "")


def secrecy_of(name: str, *, holds_persons: bool, is_public: bool) -> Secrecy:
    """This function will say how secret a column of a table is."""
    if name.endswith("_sealed") or name == "sealed":
        return Secrecy.SEALED
    if name.endswith(_TECHNICAL):
        return Secrecy.INTERNAL
    if holds_persons:
        return Secrecy.PERSONAL
    return Secrecy.OPEN if is_public else Secrecy.INTERNAL


def secrecy_of_fact(sensitivity: Sensitivity, *, of_persons: bool) -> Secrecy:
    """This function will say how secret a fact is: one of a facility is nobody's."""
    return _SECRECY_OF[sensitivity] if of_persons else Secrecy.INTERNAL


def sharing_of(secrecy: Secrecy, *, of_dataset: Sharing) -> Sharing:
    """This function will return the stricter of what the room and what the secrecy allow."""
    return max(of_dataset, _STRICTEST.get(secrecy, Sharing.OPEN), key=_ORDER.index)
