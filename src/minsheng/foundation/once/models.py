from django.db import models


class Act(models.Model):
    """One act that was asked for under a key, and the answer it got; the row is written in the act's transaction.

    A row without a status is an act that still runs: nobody sees it before its transaction ends, but its unique key
    makes a second one wait.
    """

    key = models.CharField(max_length=64, primary_key=True)
    actor = models.CharField(max_length=80)
    address = models.CharField(max_length=400)  # method and path
    digest = models.BinaryField()  # of what was sent, without the two tokens of the form
    at = models.DateTimeField()
    status = models.SmallIntegerField(null=True)
    answer = models.BinaryField(null=True)  # sealed: an answer may name a person

    class Meta:
        db_table = "once_act"
        indexes = [models.Index(fields=["at"], name="once_act_at")]
