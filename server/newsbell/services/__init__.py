"""One use case per function; the store, the clock and the edges are arguments."""
