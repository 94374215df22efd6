"""The report on the models: figures, targets, verdicts, tables, plots."""
