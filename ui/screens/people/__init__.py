"""人员 in the office."""
