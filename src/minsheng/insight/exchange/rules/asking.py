"""A question of the standard, in any of its three forms, read as criteria of the registry within a partner's terms.

A question is an answer: whoever may not know an attribute may not ask by it either.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from minsheng.insight.exchange.types import Attribute, QueryType, SearchReason, Terms
from minsheng.records.registry.codes import Sex
from minsheng.records.registry.criteria import Column, Criterion, Either, Every, Neither, Operator, Sorting, Test

MOST_TESTS, DEEPEST, MOST_LISTED = 20, 5, 100
MOST_FOUND = 1000
LARGEST_PAGE = 100
ADULT = 18
ID_TYPES = frozenset({"nationalid", "nid", "uin"})  # all of them mean the 公民身份号码

# attribute of the question -> (what the partner must be allowed to know, operators it takes)
_DATES = frozenset({Operator.GT, Operator.LT, Operator.GE, Operator.LE, Operator.EQ})
_CODES = frozenset({Operator.EQ, Operator.IN})
SEARCHABLE: Mapping[str, tuple[Attribute | None, frozenset[Operator]]] = {
    "birth_date": (Attribute.BIRTH_DATE, _DATES),
    "registration_date": (Attribute.REGISTRATION_DATE, _DATES),
    "sex": (Attribute.SEX, _CODES),
    "place": (None, _CODES),  # which areas a partner sees is decided by the database
    "programme": (Attribute.PROGRAMME, _CODES),
}
SORTABLE = {"birth_date": Sorting.BIRTH_DATE, "registration_date": Sorting.REGISTERED}
_MONGO = {"$gt": "gt", "$lt": "lt", "$gte": "ge", "$ge": "ge", "$lte": "le", "$le": "le", "$eq": "eq", "$in": "in"}


class UnableToAsk(ValueError):
    """The question is refused; `reason` is the standard's code, the message says what to change."""

    def __init__(self, message: str, *, reason: str = SearchReason.FILTER) -> None:
        self.reason = reason
        super().__init__(message)


@dataclass(frozen=True)
class Asked:
    """A question that may be answered: one id number, or criteria."""

    id_number: str | None = None
    where: Criterion | None = None


@dataclass(frozen=True)
class Known:
    """What the words of a question mean here: area codes to areas, programme codes to those enrolled."""

    areas_of: Callable[[str], tuple[int, ...]]
    enrolled_in: Callable[[tuple[str, ...]], tuple[tuple[int, ...], tuple[int, ...]]]


def read_question(*, query_type: str, query: Any, terms: Terms, known: Known, on: date) -> Asked:
    """This function will read a question, or raise UnableToAsk with the standard's code."""
    if query_type not in terms.query_types:
        raise UnableToAsk(f"没有约定这种查询方式：{query_type}。", reason=SearchReason.CRITERIA)
    if query_type == QueryType.IDTYPE_VALUE:
        return Asked(id_number=_id_number(query))
    plain = _predicates(query) if query_type == QueryType.PREDICATE else _expression(query)
    reader = _Reader(terms, known)
    where = reader.read(plain, 0)
    if Attribute.MINORS not in terms.attributes:
        where = Every((where, Test(Column.BIRTH_DATE, Operator.LE, years_before(on, ADULT))))
    return Asked(where=where)


def years_before(on: date, years: int) -> date:
    """This function will return the same day some years earlier; 29 February becomes 28."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)


def read_sort(sort: list[tuple[str, str]], *, terms: Terms) -> tuple[Sorting, bool] | None:
    """This function will read by what an answer is sorted: one attribute, which the partner may know."""
    if not sort:
        return None
    name, order = sort[0]
    if len(sort) > 1 or name not in SORTABLE:
        raise UnableToAsk(f"只能按 {'、'.join(SORTABLE)} 之一排序。", reason=SearchReason.SORT)
    if Attribute(name) not in terms.attributes:
        raise UnableToAsk(f"没有约定可以知道 {name}，也就不能按它排序。", reason=SearchReason.SORT)
    return SORTABLE[name], order == "desc"


def read_page(page: tuple[float, float] | None) -> tuple[int, int]:
    """This function will return page size and page number, counted from 1."""
    size, number = page or (LARGEST_PAGE, 1)
    if not (size == int(size) and number == int(number) and 1 <= size <= LARGEST_PAGE and 1 <= number <= MOST_FOUND):
        raise UnableToAsk(f"每页 1 到 {LARGEST_PAGE} 条，页码从 1 开始。", reason=SearchReason.PAGINATION)
    return int(size), int(number)


def _id_number(query: Any) -> str:
    if not isinstance(query, dict) or not isinstance(query.get("value"), str):
        raise UnableToAsk("按证件号查询要写 {type, value}，value 是文字。")
    if str(query.get("type", "")).rpartition(":")[2].lower() not in ID_TYPES:
        raise UnableToAsk("证件类型只能是 NationalID、NID 或 UIN（公民身份号码）。")
    return str(query["value"]).strip()


def _predicates(query: Any) -> Any:
    """A list of {seq_num, expression1, condition, expression2}: within one `condition` joins, between them `and`."""
    if not isinstance(query, list) or not query or not all(isinstance(one, dict) for one in query):
        raise UnableToAsk("条件列表要写成 [{seq_num, expression1, condition, expression2}]。")
    numbers = [one.get("seq_num", 0) for one in query]
    if not all(isinstance(number, int | float) for number in numbers):
        raise UnableToAsk("seq_num 要是数字。")
    parts = []
    for one in sorted(query, key=lambda one: one.get("seq_num", 0)):
        first, second, condition = one.get("expression1"), one.get("expression2"), one.get("condition", "and")
        if condition not in ("and", "or", "not"):
            raise UnableToAsk("condition 只能是 and、or、not。")
        inner = [_predicate(first)] + ([_predicate(second)] if second is not None else [])
        if condition == "not":
            inner[-1] = {"$not": inner[-1]}
        parts.append({"$or" if condition == "or" else "$and": inner})
    return {"$and": parts}


def _predicate(one: Any) -> dict[str, Any]:
    if not isinstance(one, dict) or not isinstance(one.get("attribute_name"), str) or "attribute_value" not in one:
        raise UnableToAsk("每个条件要有 attribute_name、operator、attribute_value。")
    return {one["attribute_name"]: {f"${one.get('operator')}": one["attribute_value"]}}


def _expression(query: Any) -> Any:
    """{type, value: {expression: {collection, query: {…}}}}, as in the published example."""
    try:
        return query["value"]["expression"]["query"]
    except (KeyError, TypeError, IndexError):
        raise UnableToAsk("条件式要写成 {type, value: {expression: {collection, query}}}。") from None


class _Reader:
    def __init__(self, terms: Terms, known: Known) -> None:
        self.terms, self.known, self.tests = terms, known, 0

    def read(self, node: Any, depth: int) -> Criterion:
        if not isinstance(node, dict) or not node or depth > DEEPEST:
            raise UnableToAsk(f"条件要写成非空的对象，嵌套不超过 {DEEPEST} 层。")
        parts = [self._part(name, value, depth) for name, value in node.items()]
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _part(self, name: str, value: Any, depth: int) -> Criterion:
        if name in ("$and", "$or"):
            if not isinstance(value, list) or not value:
                raise UnableToAsk(f"{name} 后面要有至少一个条件的列表。")
            inner = tuple(self.read(one, depth + 1) for one in value)
            return Every(inner) if name == "$and" else Either(inner)
        if name == "$not":
            return Neither(self.read(value, depth + 1))
        if name not in SEARCHABLE:
            raise UnableToAsk(f"不能按 {name} 查询。可以用：{'、'.join(SEARCHABLE)}。")
        allowed, operators = SEARCHABLE[name]
        if allowed is not None and allowed not in self.terms.attributes:
            raise UnableToAsk(f"没有约定可以知道 {name}，也就不能按它查询。")
        if not isinstance(value, dict) or not value:
            raise UnableToAsk(f"{name} 后面要有比较，例如 {{'$eq': …}}。")
        found = []
        for word, operand in value.items():
            self.tests += 1
            operator = _MONGO.get(word)
            if operator is None or operator not in operators or self.tests > MOST_TESTS:
                raise UnableToAsk(f"{name} 不能用 {word}，或者条件超过 {MOST_TESTS} 个。")
            found.append(self._test(name, Operator(operator), operand))
        return found[0] if len(found) == 1 else Every(tuple(found))

    def _test(self, name: str, operator: Operator, operand: Any) -> Criterion:
        if name in ("birth_date", "registration_date"):
            column = Column.BIRTH_DATE if name == "birth_date" else Column.REGISTERED
            return Test(column, operator, _day(name, operand))
        values = operand if operator is Operator.IN else [operand]
        texts = isinstance(values, list) and all(isinstance(one, str) for one in values)
        if not texts or not 1 <= len(values) <= MOST_LISTED:
            raise UnableToAsk(f"{name} 要写代码（文字），一次最多 {MOST_LISTED} 个。")
        if name == "sex":
            if not set(values) <= set(Sex):
                raise UnableToAsk("sex 只能是 male 或 female。")
            return Test(Column.SEX, Operator.IN, tuple(values))
        if name == "place":
            areas = tuple(sorted({area for code in values for area in self.known.areas_of(code)}))
            return Test(Column.AREA, Operator.IN, areas)
        people, households = self.known.enrolled_in(tuple(values))
        return Either((Test(Column.PERSON, Operator.IN, people), Test(Column.HOUSEHOLD, Operator.IN, households)))


def _day(name: str, value: Any) -> date:
    try:
        return date.fromisoformat(str(value)[:10]) if isinstance(value, str) else date.fromisoformat("")
    except ValueError:
        raise UnableToAsk(f"{name} 要写成 2026-11-03 这样的日期。") from None
