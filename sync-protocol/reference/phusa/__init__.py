"""A second implementation of the sync protocol, written from its text. Each module follows one page or part of a page."""
