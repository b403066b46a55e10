"""The fixtures of imports; what tests also call by name stands in conftest_imports."""

from conftest_imports import office, street

__all__ = ["office", "street"]
