"""The playground's own words, lessons and writing."""
