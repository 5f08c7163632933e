"""How far the calibrated cohort can be trusted: pictures and a page."""
