"""A news site of the tests: pages by their paths, at a name that leads to this machine."""

from __future__ import annotations

from aiohttp import web

from tests.e2e.services.background import Background, serve_http

HOST = "paper.example"


class Paper(Background):
    """Put a page into `pages` under its path ("/ferry") and open `address("/ferry")`; the browser has to be
    told that HOST leads to this machine."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, str] = {}

    def address(self, path: str) -> str:
        return f"http://{HOST}:{self._port}{path}"

    def publish(self, path: str, page: str) -> str:
        """The address of a page that is there from now on."""
        self.pages[path] = page
        return self.address(path)

    async def open(self) -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._show)
        self._runner, self._port = await serve_http(app)

    async def close(self) -> None:
        await self._runner.cleanup()

    async def _show(self, request: web.Request) -> web.Response:
        page = self.pages.get(request.path)
        if page is None:
            raise web.HTTPNotFound
        return web.Response(text=page, content_type="text/html")
