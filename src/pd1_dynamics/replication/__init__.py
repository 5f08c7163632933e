"""Findings of the article in cohorts of real patients: one by one, and pooled."""
