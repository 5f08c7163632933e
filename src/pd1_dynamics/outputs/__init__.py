"""What readers see: tables, figures, report."""
