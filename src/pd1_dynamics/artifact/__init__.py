"""A run as a research artifact: what it ran in, what it read and made, and whether it agrees."""
