"""How much of a machine a worker takes while others want it."""

from __future__ import annotations

import os

NICENESS = 10
"""As nice(2) counts it, up to 19: about a ninth of what the web gets of a core that both want, and all of one
that nobody else wants."""


def give_way() -> None:
    """Let the web on this machine go first: a fan-out takes every core there is, and a reader who waits for a
    page notices what one who waits for a bell does not.
    """
    os.nice(NICENESS)
