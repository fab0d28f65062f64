"""Predictions, exercise checks and progress, kept in a file on this machine."""
