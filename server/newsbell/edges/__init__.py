"""All outbound network. Foreign errors are translated into ours here."""
