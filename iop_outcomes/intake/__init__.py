"""Takes files and frames as sites write them, gives checked data: the doors of the package."""
