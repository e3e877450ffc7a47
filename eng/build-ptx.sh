#!/usr/bin/env bash
# Compiles the gradient kernels to PTX, which the library embeds and the CUDA driver compiles for the GPU at hand. Needs clang 14 (Debian:
# clang-14) and no CUDA toolkit. With an argument the PTX goes there instead of beside its source.
# The first line of the PTX names the hash of everything that it depends on, this script included; a test compares it.
set -euo pipefail
export LC_ALL=C
script=$(realpath "$0")
kernels=$(cd "$(dirname "$0")/../src/FastTrainLog/Gradients/Cuda/Kernels" && pwd)
out=${1:-$kernels/gradients.ptx}
flags=(-S -x cuda --cuda-device-only --cuda-gpu-arch=sm_70 -nocudainc -nocudalib -O3 -ffp-contract=off -Wall -Wextra -Werror)

cd "$kernels"
hash=$(cat *.cu *.h "$script" | sha256sum | cut -d' ' -f1)
body=$(mktemp)
trap 'rm -f "$body"' EXIT
"${CLANG:-clang++-14}" "${flags[@]}" gradients.cu -o "$body"
{ printf '// source-sha256: %s\n' "$hash"; cat "$body"; } > "$out"
