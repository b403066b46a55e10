"""How long exceptional powers last, and when somebody must look at them. Pure."""

DUTY_MINUTES = 30
GLASS_HOURS = 2
REVIEW_HOURS = 24
GRANT_REVIEW_DAYS = 365
