"""Widgets made from Config's own declarations, and uploads."""
