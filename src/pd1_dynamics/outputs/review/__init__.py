"""The review page, one patient at a time, for those who hold the data. Not for publication."""
