"""How robust the findings are, for a reader: pictures, sentences and tables of the report."""
