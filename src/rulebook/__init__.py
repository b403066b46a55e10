"""A pure policy-as-code library: one source, three lowerings, every number dated and cited."""

from rulebook.book import Doubt, Input, Number, NumberVersion, Rulebook, Scheme, Variable
from rulebook.cases import Example, Expected, Story, StoryFinding, load_stories
from rulebook.checking import ExampleResult, check_example, check_examples
from rulebook.evaluation import Evaluation, Outcome, UnableToFindInRulebook, evaluate
from rulebook.explanation import Explanation, ExplanationNode
from rulebook.facts import Household, Person, UnableToReadFact, Unknown
from rulebook.law import Law, UnableToResolveLaw
from rulebook.loading import load_rulebook
from rulebook.missing import MissingDatum
from rulebook.problems import RulebookErrors, RuleProblem
from rulebook.stacking import OutcomeRow, Payable, Reduction, StackingRule, apply_stacking

__all__ = [
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
    "Story",
    "StoryFinding",
    "UnableToFindInRulebook",
    "UnableToReadFact",
    "UnableToResolveLaw",
    "Unknown",
    "Variable",
    "apply_stacking",
    "check_example",
    "check_examples",
    "evaluate",
    "load_rulebook",
    "load_stories",
]
