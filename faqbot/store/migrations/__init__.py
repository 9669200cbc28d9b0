"""Each file here leads from one version of the tables to the next. They are never changed once released; what they do not know of, schema.py does not have."""

from faqbot.store.migrations.upgrade import VERSION_TABLE as VERSION_TABLE
from faqbot.store.migrations.upgrade import is_newest as is_newest
from faqbot.store.migrations.upgrade import upgrade as upgrade
