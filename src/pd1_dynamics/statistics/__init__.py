"""Statistics with R's conventions; knows nothing of oncology.

Each module holds one kind of method and names the R function that it equals. Import what you need
from its module: curves and rank tests then do not load the libraries that models need.
"""
