"""Trained networks in the formats of others."""
