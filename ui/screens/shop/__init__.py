"""The shop itself: its environment, its keys, and the change from one environment to the other."""
