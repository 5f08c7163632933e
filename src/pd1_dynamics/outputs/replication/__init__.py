"""Figures and page of the replication: real patients only."""
