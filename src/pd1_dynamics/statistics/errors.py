"""Why a statistic cannot be estimated."""


class NotEstimable(Exception):
    """A statistic that these data do not determine; the text says why, in a few plain words."""
