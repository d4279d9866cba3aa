"""追溯: the quality list, the life of a code, boxes without a code."""
