"""The help centre for people, one module for each kind of page. Everything works without JavaScript."""

from faqbot.web.pages.rules import install as install
