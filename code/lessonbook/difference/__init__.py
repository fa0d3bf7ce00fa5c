"""What a change to the course changes for its readers.

`page_text` turns a built page into lines of text, `numbers` finds the numbers in them, `compare`
says in what two built sites differ, and `report` tells it.
"""
