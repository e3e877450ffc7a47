#!/bin/sh
# Fuzzes one target for a number of minutes, guided by coverage: eng/fuzz.sh TARGET [MINUTES].
# Needs afl-fuzz (Debian: afl++). The targets are those of tests/FastTrainLog.Fuzz; what was found stays in artifacts/fuzz/TARGET.
set -eu
cd "$(dirname "$0")/.."
target=$1
minutes=${2:-10}
out=artifacts/fuzz
rm -rf "$out/program"
dotnet publish tests/FastTrainLog.Fuzz -c Release --self-contained false -o "$out/program" >"$out.log" 2>&1 || { cat "$out.log"; exit 1; }
[ -x "$out/tools/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$out/tools"
for assembly in FastTrainLog.dll FastTrainLog.Analysis.dll; do
  "$out/tools/sharpfuzz" "$out/program/$assembly"
done
rm -rf "$out/$target"
dotnet "$out/program/FastTrainLog.Fuzz.dll" "$target" seeds "$out/$target/seeds"
# The runtime reserves more memory than any limit, so there is none; a test limits what may be read.
AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 \
  afl-fuzz -V "$((minutes * 60))" -i "$out/$target/seeds" -o "$out/$target/found" -t 10000 -m none dotnet "$out/program/FastTrainLog.Fuzz.dll" "$target"
grep -E 'execs_done|corpus_count|edges_found|saved_crashes|saved_hangs' "$out/$target/found/default/fuzzer_stats"
