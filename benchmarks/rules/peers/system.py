"""The tax-benefit system of both peers: entities, enumerations, parameters in yuan, two ways of looking a code up.

PEER names the program: `openfisca_idiomatic` looks codes up as `parameters.table[enum_array]`, as the documentation
teaches; `openfisca_tuned` takes the same values by `numpy.take` on the codes, as an experienced author would;
`policyengine` is idiomatic (its core has made that lookup fast). Nothing else differs between the three.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

from benchmarks.rules import figures

PEER = os.environ.get("RULES_PEER", "openfisca_idiomatic")
if PEER == "policyengine":
    from policyengine_core.entities import build_entity
    from policyengine_core.enums import Enum
    from policyengine_core.parameters import ParameterNode
    from policyengine_core.periods import ETERNITY, MONTH, YEAR
    from policyengine_core.reforms import Reform
    from policyengine_core.simulations import SimulationBuilder
    from policyengine_core.taxbenefitsystems import TaxBenefitSystem
    from policyengine_core.variables import Variable
else:
    from openfisca_core.entities import build_entity
    from openfisca_core.indexed_enums import Enum
    from openfisca_core.parameters import ParameterNode
    from openfisca_core.periods import DateUnit
    from openfisca_core.reforms import Reform
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    ETERNITY, MONTH, YEAR = DateUnit.ETERNITY, DateUnit.MONTH, DateUnit.YEAR

Person = build_entity(key="person", plural="persons", label="Person", is_person=True)
Household = build_entity(
    key="household", plural="households", label="Household", roles=[{"key": "member", "plural": "members", "label": ""}]
)
ENTITIES = {"person": Person, "household": Household}
VARIABLES: list[type] = []


def _enum(name: str) -> Any:
    return Enum(name, {code: code for code in figures.codes(name)})


ENUMS = {
    name: _enum(name)
    for facts in figures.inputs().values()
    for name, declared in facts.items()
    if declared["type"] == "code"
} | {"income_class": _enum("income_class")}


def variable(entity: Any, value_type: Any, period: Any = MONTH, name: str | None = None, **attributes: Any) -> Any:
    """This function will make a Variable of a formula that bears its name."""

    def declare(formula: Callable[..., Any] | None) -> Any:
        attr = {"value_type": value_type, "entity": entity, "definition_period": period, **attributes}
        if formula is not None:
            attr |= {"label": formula.__name__, "formula": formula}
        VARIABLES.append(type(name or formula.__name__, (Variable,), attr))  # type: ignore[union-attr]
        return formula

    return declare


def of_person(value_type: Any) -> Any:
    """This function will decorate a monthly formula of the person."""
    return variable(Person, value_type)


def of_household(value_type: Any) -> Any:
    """This function will decorate a monthly formula of the household."""
    return variable(Household, value_type)


def by_code(node: Any, codes: Any) -> Any:
    """This function will look an EnumArray up in a table of parameters: the one place where the programs differ."""
    if PEER != "openfisca_tuned":
        return node[codes]
    values = np.array([node._children[item.name] for item in codes.possible_values])
    return np.take(values, codes.view(np.ndarray))


def half_up(yuan: Any) -> Any:
    """This function will round yuan half up to the fen, as the law says, in floating point, as these cores compute."""
    return np.floor(yuan * 100 + 0.5) / 100


def _declare_inputs() -> None:
    types = {"bool": bool, "int": int, "money": float, "date": date, "code": Enum}
    for entity, facts in figures.inputs().items():
        for name, declared in facts.items():
            more = {}
            if declared["type"] == "code":
                more = {"possible_values": ENUMS[name], "default_value": next(iter(ENUMS[name]))}
            period = YEAR if declared.get("unit", "").endswith("/year") else ETERNITY
            variable(ENTITIES[entity], types[declared["type"]], period, name, label=declared["label"], **more)(None)


def _parameters(changed: dict[str, int]) -> dict[str, Any]:
    """Nested parameters: scheme → number or table. Money in yuan, rates as fractions."""

    def scaled(unit: str, value: int) -> float | int:
        return value / 100 if "fen" in unit or unit == "percent" else value

    def dated(versions: dict[date, int], unit: str) -> dict[str, Any]:
        return {"values": {str(day): {"value": scaled(unit, value)} for day, value in versions.items()}}

    tree: dict[str, Any] = {}
    for full, unit, versions in figures.numbers():
        scheme, name = full.split(".")
        kept = {day: changed.get(full, value) for day, value in versions.items()}
        tree.setdefault(scheme, {})[name] = dated(kept, unit)
    for full, unit, versions in figures.tables():
        scheme, name = full.split(".")
        rows = {key: {day: table[key] for day, table in versions.items()} for key in next(iter(versions.values()))}
        if all(isinstance(key, str) for key in rows):
            tree.setdefault(scheme, {})[name] = {key: dated(values, unit) for key, values in rows.items()}
            continue
        beginning = {str(min(versions)): {"value": 0}}
        tree.setdefault(scheme, {})[name] = {
            "metadata": {"type": "single_amount"},
            "brackets": [
                {
                    "threshold": {day: {"value": edge} for day in beginning},
                    "amount": {str(day): {"value": scaled(unit, value)} for day, value in values.items()},
                }
                for edge, values in rows.items()
            ],
        }
    return tree


def build_system() -> Any:
    """This function will return the tax and benefit system of the policy."""
    from benchmarks.rules.peers import amounts, means

    assert amounts
    assert means
    if not any(made.__name__ == "birth_date" for made in VARIABLES):
        _declare_inputs()
    system = TaxBenefitSystem([Person, Household])
    system.parameters = ParameterNode("", data=_parameters({}))
    for made in VARIABLES:
        system.add_variable(made)
    return system


def build_reform(system: Any, changed: dict[str, int]) -> Any:
    """This function will return a reform of the system with some numbers changed (scheme.number → value)."""

    class Changed(Reform):  # type: ignore[misc]
        def apply(self) -> None:
            self.parameters = ParameterNode("", data=_parameters(changed))

    return Changed(system)


__all__ = ["ENUMS", "Enum", "Household", "SimulationBuilder", "by_code", "half_up", "of_household", "of_person"]
