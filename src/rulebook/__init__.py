"""A pure policy-as-code library: one source, three lowerings, every number dated and cited."""

from rulebook.amending import NewVersion, UnableToAmend
from rulebook.book import Doubt, Input, Number, NumberVersion, Rulebook, Scheme, Variable
from rulebook.cases import Example, Expected, Story, StoryFinding, load_stories
from rulebook.checking import ExampleResult, check_example, check_examples
from rulebook.dependencies import Dependencies, changed_schemes, dependencies_of
from rulebook.evaluation import Evaluation, Outcome, UnableToFindInRulebook, evaluate
from rulebook.explanation import Explanation, ExplanationNode
from rulebook.facts import Household, Person, UnableToReadFact, Unknown
from rulebook.law import Law, UnableToResolveLaw
from rulebook.loading import load_rulebook
from rulebook.missing import MissingDatum
from rulebook.problems import RulebookErrors, RuleProblem
from rulebook.replay import ReplayResult, UnableToReplay, freeze, replay
from rulebook.stacking import OutcomeRow, Payable, Reduction, StackingRule, apply_stacking
from rulebook.units import Period

__all__ = [
    "Dependencies",
    "Doubt",
    "Evaluation",
    "Example",
    "ExampleResult",
    "Expected",
    "Explanation",
    "ExplanationNode",
    "Household",
    "Input",
    "Law",
    "MissingDatum",
    "NewVersion",
    "Number",
    "NumberVersion",
    "Outcome",
    "OutcomeRow",
    "Payable",
    "Period",
    "Person",
    "Reduction",
    "ReplayResult",
    "RuleProblem",
    "Rulebook",
    "RulebookErrors",
    "Scheme",
    "StackingRule",
    "Story",
    "StoryFinding",
    "UnableToAmend",
    "UnableToFindInRulebook",
    "UnableToReadFact",
    "UnableToReplay",
    "UnableToResolveLaw",
    "Unknown",
    "Variable",
    "apply_stacking",
    "changed_schemes",
    "check_example",
    "check_examples",
    "dependencies_of",
    "evaluate",
    "freeze",
    "load_rulebook",
    "load_stories",
    "replay",
]
