"""The choice of a task."""
