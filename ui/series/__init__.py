"""The Series page: a series that somebody brings, the network that forecasts it, and the rules beside it."""
