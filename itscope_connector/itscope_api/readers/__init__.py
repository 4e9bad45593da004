"""Answers of ITscope into records: one table of fields for JSON and XML alike."""
