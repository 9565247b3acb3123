"""`python -m newsbell` is the command `newsbell`."""

from newsbell.cli import main

main(prog_name="newsbell")
