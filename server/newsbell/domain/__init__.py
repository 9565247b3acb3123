"""Pure values and rules: no I/O, no clock, no Flask, no SQL."""
