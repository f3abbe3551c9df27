"""Learn, the page of the lessons: walk.py runs a step, answers.py keeps what was predicted, view.py shows both."""
