#!/bin/sh
# Builds target/release/throng with profile-guided optimisation: an instrumented throng plays bundled benchmarks against
# throwaway servers, and the compiler lays out and inlines by what was counted. Lua and the allocator take part where
# there is a clang of the compiler's own LLVM.
# Needs an `llvm-profdata` of that LLVM. Where there is none it says so, and builds as `make build` does.
set -eu
cd "$(dirname "$0")/.."
cargo=${CARGO:-cargo}

# What the profile is learnt from: the way of a statement, of a transaction, of many rows, and of Redis's commands.
SCENARIOS="bench/point_select bench/tpcb bench/oltp_read_write bench/session_cache"

llvm=$(rustc --version --verbose | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
host=$(rustc --version --verbose | sed -n 's/^host: //p')

# The first of the named programs that is of the compiler's LLVM; profiles of another one can't be read.
of_llvm() {
    for program in "$@"; do
        if "$program" --version 2>/dev/null | grep -q "version $llvm\."; then
            echo "$program"
            return
        fi
    done
}

profdata=$(of_llvm "$(rustc --print sysroot)/lib/rustlib/$host/bin/llvm-profdata" "llvm-profdata-$llvm" llvm-profdata)
if [ -z "$profdata" ]; then
    echo "no llvm-profdata of LLVM $llvm (\`rustup component add llvm-tools\` brings it): built without a profile"
    exec "$cargo" build --release
fi
clang=$(of_llvm "clang-$llvm" clang)

# Named, the target is apart from what runs while building, which is no throng to learn from.
build() {
    flags=$1 target_dir=$2
    if [ -n "$clang" ]; then
        variable=$(echo "$host" | tr '-' '_')
        export "CC_$variable=$clang" "CFLAGS_$variable=${CFLAGS:+$CFLAGS }-f$flags"
    fi
    RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }-C$flags" "$cargo" build --release --target "$host" --target-dir "$target_dir" --bin throng
}

work=$PWD/target/profile-guided
rm -rf "$work/raw" && mkdir -p "$work/raw" "$work/runs" target/release

build "profile-generate=$work/raw" "$work/generate"
for scenario in $SCENARIOS; do
    echo "learning from $scenario"
    (cd "$work/runs" && env -u DATABASE_URL -u REDIS_URL -u THRONG_TARGET -u THRONG_PROFILE \
        "$work/generate/$host/release/throng" run "$scenario" \
        --users 16 --connections 16 --workers 2 --duration 3s --no-monitor all --quiet >run.txt) ||
        { tail -n 30 "$work/runs/run.txt" >&2 && exit 1; }
done
"$profdata" merge -o "$work/throng.profdata" "$work/raw"

build "profile-use=$work/throng.profdata" "$work/use"
# Removed first: cargo keeps the plain build under a second name, which a copy would write into.
rm -f target/release/throng
cp "$work/use/$host/release/throng" target/release/throng
echo "built target/release/throng by what it did in: $SCENARIOS"
