"""The accuracy sheet: rows, targets, tables, plots."""
