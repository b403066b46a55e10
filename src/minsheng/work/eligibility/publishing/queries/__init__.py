"""What may be asked of publishing; every query takes a viewer."""

from minsheng.work.eligibility.publishing.queries.effects import (
    EffectLine,
    EffectsPage,
    effect_counts,
    effect_lines,
    effects_page,
)
from minsheng.work.eligibility.publishing.queries.numbers import (
    FigureForm,
    FigureLine,
    PublishedBy,
    VersionLine,
    figure_form,
    figures,
    sources_of,
)
from minsheng.work.eligibility.publishing.queries.publications import (
    BudgetLine,
    PublicationLine,
    PublicationPage,
    budgets,
    open_drafts,
    publication,
    publications,
)

__all__ = [
    "BudgetLine",
    "EffectLine",
    "EffectsPage",
    "FigureForm",
    "FigureLine",
    "PublicationLine",
    "PublicationPage",
    "PublishedBy",
    "VersionLine",
    "budgets",
    "effect_counts",
    "effect_lines",
    "effects_page",
    "figure_form",
    "figures",
    "open_drafts",
    "publication",
    "publications",
    "sources_of",
]
