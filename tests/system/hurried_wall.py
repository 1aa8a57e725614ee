"""A wall page that plays everything in no time and writes down what it was shown, in order."""

import json
import threading

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect


class HurriedWall:
    """Follows a display's page events until its display is gone."""

    def __init__(self, url: str, shown: list[str]) -> None:
        """``shown`` gets the name of each announcement, ``VERSION-INSTANT``, when it begins."""
        self._address = url.rstrip("/").replace("http", "ws") + "/api/events"
        self._shown = shown
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until the display has hung up."""
        self._thread.join(20)

    def _follow(self) -> None:
        try:
            with connect(self._address, proxy=None) as page:
                played = ""
                for message in page:
                    event = json.loads(message)
                    playing = event["type"] == "state" and event["state"]["playing"]
                    if not playing or playing["begun"] or playing["id"] == played:
                        continue
                    played = playing["id"]
                    self._shown.extend(playing["calls"])
                    page.send(json.dumps({"event": "began", "id": played}))
                    page.send(json.dumps({"event": "ended", "id": played}))
        except (OSError, WebSocketException):
            # The display was killed; whoever killed it opens another page.
            return
