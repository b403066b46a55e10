"""A synthetic district: seeded, calibrated to published margins, visibly invented. See README.md."""

from twin.calibration import CalibrationReport, CalibrationRow, calibrate
from twin.generate import generate
from twin.types import District

__all__ = ["CalibrationReport", "CalibrationRow", "District", "calibrate", "generate"]
