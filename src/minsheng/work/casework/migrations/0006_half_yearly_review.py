from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0005_receiving_account")]
    operations = [
        migrations.AddField(model_name="case", name="income_unsteady", field=models.BooleanField(default=False)),
    ]
