"""Runs that are kept: in the browser's own storage, compared, opened again, carried as a file."""
