#!/bin/sh
# Takes a hashed requirements file, gives the part of it that source-only packages need to build: setuptools, wheel, hatchling, editables and what they import.
exec awk '
  /^[A-Za-z0-9]/ { keep = $0 ~ /^(setuptools|wheel|hatchling|editables|packaging|pathspec|pluggy|trove-classifiers|tomlkit|tomli)==/ }
  keep
' "$1"
