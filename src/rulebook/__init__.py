"""A pure policy-as-code library: one source, three lowerings, every number dated and cited."""

from rulebook.book import Doubt, Input, Number, NumberVersion, Rulebook, Scheme, Variable
from rulebook.evaluation import Evaluation, Outcome, UnableToFindInRulebook, evaluate
from rulebook.facts import Household, Person, UnableToReadFact, Unknown
from rulebook.law import Law, UnableToResolveLaw
from rulebook.loading import load_rulebook
from rulebook.missing import MissingDatum
from rulebook.problems import RulebookErrors, RuleProblem
from rulebook.stacking import OutcomeRow, Payable, Reduction, StackingRule, apply_stacking

__all__ = [
    "Doubt",
    "Evaluation",
    "Household",
    "Input",
    "Law",
    "MissingDatum",
    "Number",
    "NumberVersion",
    "Outcome",
    "OutcomeRow",
    "Payable",
    "Person",
    "Reduction",
    "RuleProblem",
    "Rulebook",
    "RulebookErrors",
    "Scheme",
    "StackingRule",
    "UnableToFindInRulebook",
    "UnableToReadFact",
    "UnableToResolveLaw",
    "Unknown",
    "Variable",
    "apply_stacking",
    "evaluate",
    "load_rulebook",
]
