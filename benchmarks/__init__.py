"""Measurements, each as ratios within one run; `make bench` runs all, `make bench ONLY=rules` one."""
