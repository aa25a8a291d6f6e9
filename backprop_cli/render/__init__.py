"""Results as text: console, JSON; renderers get plain data and know nothing of rules."""
