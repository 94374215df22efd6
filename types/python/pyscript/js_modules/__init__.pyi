"""The modules of JavaScript that web/page/pyscript.json names."""
