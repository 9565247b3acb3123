"""What runs services in the background, and the processes that do so."""
