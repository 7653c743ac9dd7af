"""One HTML file about a run or a study, to be looked at and shared: nothing is loaded from anywhere."""
