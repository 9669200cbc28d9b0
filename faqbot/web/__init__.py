"""The bot over HTTP: a JSON API and a page that works without JavaScript."""

from faqbot.web.app import create_app as create_app
