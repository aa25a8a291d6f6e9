"""Simulated students: honest ones, and ones with a slip; and trials of the marker on what they write."""
