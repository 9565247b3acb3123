"""How many messages a second reach a push service: ours, its peers, and the encryption alone."""
