from django.db import migrations

from minsheng.foundation.access.rls import FORGET_MY_AREAS, MY_AREAS


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunSQL(MY_AREAS, FORGET_MY_AREAS)]
