"""Exports: a file from ITscope, however it is written, as entries one by one.

The view and the format of an export are set on the platform and told to nobody: both
are found from the content (XML, JSON, a zip with CSV files, or one bare separated
file). Memory stays flat however long the export is.
"""

from .entry import Entry, Export, Problem
from .reading import open_export

__all__ = ["Entry", "Export", "Problem", "open_export"]
