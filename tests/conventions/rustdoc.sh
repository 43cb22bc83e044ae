#!/bin/sh
# Stable rustdoc with what only nightly's may do otherwise. Only rustdoc is told: told to cargo, everything would be built anew.
RUSTC_BOOTSTRAP=1 exec rustdoc "$@"
