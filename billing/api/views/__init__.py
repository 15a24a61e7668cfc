"""The API's views, one module for each kind of row."""
