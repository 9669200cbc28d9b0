"""Files that an operator needs around the server, as package data with the site's own values filled in."""
