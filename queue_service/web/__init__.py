"""Pages for people: booking, offices, log-in, desk, 115 console, and the page that follows a number.

``pages.web_handlers`` is what the composition root mounts. A page is a handler in ``<name>_page.py``,
a template of the same name, and style and scripts under ``static/``; every text goes through gettext
(``languages``). Pages ask services and the public API, never a store.
"""
