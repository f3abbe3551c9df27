"""Compare: networks that differ in one thing, trained beside one another; and a map of many, over two things."""

from ui.compare import map_view, view
from ui.compare.view import race
from ui.frame.navigation import through_the_frame

through_the_frame()
r = race()
r.answer()
if view.shows_map(r):
    map_view.show(r)
else:
    view.show(r)
