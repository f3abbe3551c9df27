"""Charts that are looked at while they change: ui/figures/ makes them, static/chart/ updates them in place."""
