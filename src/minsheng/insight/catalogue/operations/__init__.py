"""Acts of the catalogue: measure, and see an issue through to a better measurement."""

from minsheng.insight.catalogue.operations.issues import UnableToChangeIssue, UnableToFindIssue, act_on_issue
from minsheng.insight.catalogue.operations.measuring import measure_quality

__all__ = ["UnableToChangeIssue", "UnableToFindIssue", "act_on_issue", "measure_quality"]
