"""``/theme``: remembers light, dark or high contrast, and goes back to where it was chosen."""

from litestar import post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN, require_own_origin
from queue_service.platform.errors import UnknownChoice
from queue_service.web.login_page import own_path
from queue_service.web.rendering import A_YEAR_IN_SECONDS, PageRequest
from queue_service.web.themes import THEME_COOKIE, THEMES

CHOICE = "#theme"
"""Where the choice stands on every page: whoever has chosen goes on from there."""
LONGEST_PATH = 2000
"""Characters; the longest of our own, a search with all its wishes, has a few hundred."""


@post("/theme", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def choose_theme_page(request: PageRequest) -> Redirect:
    """Keep the choice in a cookie; raises UnknownChoice for what was not offered."""
    require_own_origin(request)
    form = await request.form()
    theme, back = str(form.get("theme", "")), str(form.get("back", ""))
    if theme not in THEMES:
        raise UnknownChoice
    path = own_path(back) if len(back) <= LONGEST_PATH else ""
    redirect = Redirect(f"{path or '/'}{CHOICE}", status_code=303)
    redirect.set_cookie(
        Cookie(
            key=THEME_COOKIE,
            value=theme,
            path="/",
            max_age=A_YEAR_IN_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    )
    return redirect
