#!/bin/sh
# Unlocks unstable options for rustdoc alone. With the variable set for cargo, all dependencies
# would be rebuilt.
RUSTC_BOOTSTRAP=1 exec rustdoc "$@"
