"""The text page: upload.py reads what one brings, desk.py trains on it, scene.py says what is seen, view.py shows."""
