from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [('twitch', '0002_index_of_open_redemptions')]
    operations = []
