"""The intents that one step answers.

The weights keep the tools in balance: none has under 4% of the records.
"""

from web4.dataset.synth.tool_edit_intents import EDITING
from web4.dataset.synth.tool_grammar import Intent
from web4.dataset.synth.tool_make_intents import MAKING
from web4.dataset.synth.tool_read_intents import READING
from web4.dataset.synth.tool_run_intents import RUNNING
from web4.dataset.synth.tool_search_intents import SEARCHING
from web4.dataset.synth.tool_sort_intents import SORTING

SINGLE: tuple[Intent, ...] = READING + SEARCHING + SORTING + EDITING + MAKING + RUNNING
