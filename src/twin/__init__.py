"""The synthetic district: a pure, seeded generator calibrated to public census tables."""
