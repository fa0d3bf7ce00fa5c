"""Reading what authors wrote: pages, configuration and table of contents, without Sphinx."""
