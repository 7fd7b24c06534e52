"""HTTP: problem documents, cursors, host and origin checks, the event-stream response."""
