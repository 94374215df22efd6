"""The modules of JavaScript that web/pyscript.json names."""
