"""Pure decisions of casework: which act follows which, what an act needs, how the clock runs. No Django, no clock."""
