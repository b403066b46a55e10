"""A synthetic district: seeded, calibrated to published margins, visibly invented. See README.md."""

from twin.generate import generate
from twin.types import District

__all__ = ["District", "generate"]
