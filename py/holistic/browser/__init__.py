"""The tracker inside a Web Worker, on memory that it shares with the page."""
