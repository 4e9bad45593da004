"""German is complete: what an addon shows a user has a German text."""

import re

import polib

from odoo.tools.misc import file_path
from odoo.tools.translate import TranslationModuleReader

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|%%")


def german_gaps(env, module):
    """Terms of a module without a German text, or with other placeholders in it.

    :return: list of texts that say what is wrong
    """
    german = {
        entry.msgid: entry
        for entry in polib.pofile(file_path(f"{module}/i18n/de.po"))
        if not entry.obsolete
    }
    gaps = []
    for row in TranslationModuleReader(env.cr, modules=[module]):
        source = row[4]
        entry = german.get(source)
        if entry is None or not entry.msgstr or entry.fuzzy:
            gaps.append(f"not translated: {source}")
        elif sorted(PLACEHOLDER.findall(source)) != sorted(
            PLACEHOLDER.findall(entry.msgstr)
        ):
            gaps.append(f"other placeholders: {source}")
    return gaps
