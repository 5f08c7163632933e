"""Radiological dynamics and resistance types under anti-PD-1 monotherapy."""
