"""``python -m lessonbook`` is the command ``lessonbook``."""

from lessonbook.cli import main

if __name__ == "__main__":
    main(prog_name="lessonbook")
