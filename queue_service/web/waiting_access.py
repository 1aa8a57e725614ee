"""Entries of the waiting list at the pages: opened by their secret."""

from queue_service.booking import waiting_list
from queue_service.platform.errors import WaitingEntryNotFound
from queue_service.web.opened_by_secret import OpenedBySecret
from queue_service.web.visitor_secrets import SecretKind

WAITING = SecretKind("waiting")
_entries = OpenedBySecret(WAITING, waiting_list.find, waiting_list.opens, WaitingEntryNotFound)
opened = _entries.remembered
open_by_secret = _entries.typed
