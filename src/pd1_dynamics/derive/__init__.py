"""Clean tables to derived tables: response, progression, resistance."""
