"""Measurements, side by side with peers and limits. They print, and judge nothing."""
