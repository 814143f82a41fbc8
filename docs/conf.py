"""The documentation as a site: ``nox -s docs`` builds it into build/docs, with broken links as errors."""

project = "edge-tasks"
author = "the edge-tasks maintainers"
extensions = ["myst_parser"]
exclude_patterns = ["conf.py", "generate_reference.py"]
myst_heading_anchors = 3
nitpicky = True
html_theme = "furo"
html_title = "edge-tasks"
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": True}
