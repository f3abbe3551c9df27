"""The Gradients page: one file for each of its sections, each a function of the run in the playground."""
