"""The Compare page: networks that differ in one thing, trained step for step beside one another."""
