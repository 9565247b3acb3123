"""An asyncio service in a thread of its own, beside the tests that talk to it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Self

from aiohttp import web

HOST = "127.0.0.1"


class Background:
    """Subclasses open their ports in `open` and close them in `close`, both run in the thread's loop."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    async def open(self) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        self.call(self.open())
        return self

    def __exit__(self, *_: object) -> None:
        self.call(self.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()

    def call(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in the loop and wait for it, from another thread."""
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()


async def serve_http(app: web.Application) -> tuple[web.AppRunner, int]:
    """Serve at a free port of this machine; the runner to clean up, and the port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    port: int = runner.addresses[0][1]
    return runner, port
