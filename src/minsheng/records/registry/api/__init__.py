"""The registry's JSON interface; mounted by config beside those of other rooms."""
