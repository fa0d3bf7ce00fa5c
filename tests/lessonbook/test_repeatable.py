"""Outputs of two runs are the same where the code gave the same."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from lessonbook.repeatable import settle_outputs

SLOW_FONTS = "Matplotlib is building the font cache; this may take a moment.\n"


def settled(*outputs: NotebookNode) -> list[NotebookNode]:
    cell = new_code_cell(outputs=list(outputs))
    settle_outputs(new_notebook(cells=[cell]), "episodes/one")
    return cell.outputs


def test_a_machine_that_lists_its_fonts_slowly_leaves_no_trace():
    plot = new_output("display_data", {"text/plain": "<Figure size 640x480 with 1 Axes>"})
    assert settled(new_output("stream", name="stderr", text=SLOW_FONTS), plot) == [plot]


def test_the_rest_of_the_error_stream_stays():
    (output,) = settled(
        new_output("stream", name="stderr", text=f"one.py:1: UserWarning: a\n{SLOW_FONTS}b\n")
    )
    assert output.text == "one.py:1: UserWarning: a\nb\n"


def test_what_a_cell_prints_itself_stays_as_it_is():
    printed = new_output("stream", name="stdout", text=SLOW_FONTS)
    assert settled(printed)[0].text == SLOW_FONTS


def test_an_object_is_shown_without_its_place_in_memory():
    shown = new_output("execute_result", {"text/plain": "<Axes at 0x7f0a1b2c3d4e>"})
    assert settled(shown)[0].data["text/plain"] == "<Axes>"
