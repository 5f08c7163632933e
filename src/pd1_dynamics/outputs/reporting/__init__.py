"""What an author hands in beside the numbers: a methods section, and reporting checklists."""
