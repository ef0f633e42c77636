#!/bin/sh
# Takes pyproject.toml, gives requirements/core.txt, dev.txt and docs.txt: every package with its hashes and no download address.
# Needs uv (pip install uv). The build tools of source-only packages (autograd-gamma) are locked with the rest.
set -eu
tools=$(mktemp)
trap 'rm -f "$tools"' EXIT
printf 'setuptools\nwheel\nhatchling\neditables\n' > "$tools"
options="--python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet"
uv pip compile pyproject.toml "$tools" $options --output-file requirements/core.txt
uv pip compile pyproject.toml "$tools" --extra dev --constraint requirements/core.txt $options --output-file requirements/dev.txt
uv pip compile pyproject.toml "$tools" --extra docs --constraint requirements/dev.txt $options --output-file requirements/docs.txt
