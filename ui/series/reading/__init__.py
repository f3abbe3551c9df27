"""A file that somebody brings, read as a series: `read_series` and what it gives back."""

from ui.series.reading.choice import Choice
from ui.series.reading.columns import Column
from ui.series.reading.series import CHOICES, NoSeries, Reading, Understood, checked, read_series

__all__ = ["CHOICES", "Choice", "Column", "NoSeries", "Reading", "Understood", "checked", "read_series"]
