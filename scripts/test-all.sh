#!/usr/bin/env bash
# Everything CI runs, on a machine with Node 20 and nothing else. Ends with "N passed, N failed":
# the tests, and the checks of the matrix. A step that fails otherwise counts as one failure.
set -uo pipefail
exec < /dev/null
cd "$(dirname "$0")/.."

# Logs are read as text, and the output here is plain text too.
export NO_COLOR=1

readonly log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0
failed=0
times=()
failures=()

# step NAME COMMAND...: runs the command, shows and keeps its output, and records its time.
step() {
  local name=$1 started=$SECONDS status
  shift
  printf '\n=== %s\n' "$name"
  "$@" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  times+=("$(printf '%5d s  %s%s' "$((SECONDS - started))" "$name" "$([ "$status" = 0 ] || echo ': FAILED')")")
  return "$status"
}

# Prints the last number before some words in the output of the last step.
number() {
  grep -oE "[0-9]+ $1" "$log" | tail -n 1 | grep -oE '^[0-9]+'
}

# AVA prints the number of passed tests only when none failed, but always a line for each.
count_ava() {
  local good bad
  good=$(number 'tests? passed') || good=$(grep -cE '^ +✔ ' "$log")
  bad=$(number 'tests? failed') || bad=0
  echo "$good $bad"
}

count_matrix() {
  local line
  line=$(grep -oE '^matrix: [0-9]+ passed, [0-9]+ failed$' "$log") || line='0 0'
  grep -oE '[0-9]+' <<< "$line" | xargs
}

# Collects the failures of the last step, to print them again at the end, where they are seen first.
keep_failures() {
  local line
  while IFS= read -r line; do failures+=("$line"); done < <(
    grep -E '^ +✘ |^✗ ' "$log"
    # AVA's own account of each failure follows the counts.
    sed -nE '/^ +[0-9]+ tests? failed/,$p' "$log" | head -n 150
  )
}

# check NAME COMMAND...: a step that has no tests to count.
check() {
  step "$@" || failed=$((failed + 1))
}

# tests COUNTER NAME COMMAND...: a step whose tests the counter finds in its output.
tests() {
  local counter=$1 status=0 good bad
  shift
  step "$@" || status=$?
  read -r good bad <<< "$("$counter")"
  # A crash or a timeout fails the run, and no test.
  if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  if [ "$bad" != 0 ]; then keep_failures; fi
  passed=$((passed + good))
  failed=$((failed + bad))
}

finish() {
  if [ ${#failures[@]} -gt 0 ]; then
    printf '\n=== Failures\n'
    printf '%s\n' "${failures[@]}"
  fi
  printf '\n=== Times\n'
  printf '%s\n' "${times[@]}"
  printf '%5d s  in all\n\n%d passed, %d failed\n' "$SECONDS" "$passed" "$failed"
  [ "$failed" = 0 ]
  exit
}

# must NAME COMMAND...: a step without which nothing after it makes sense.
must() {
  step "$@" && return
  failed=$((failed + 1))
  finish
}

install_servers() {
  local as_root=()
  if [ "$(id -u)" != 0 ]; then as_root=(sudo); fi
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get update -q && "${as_root[@]}" apt-get install -q -y --no-install-recommends redis-server postgresql chromium
}

{ command -v redis-server && command -v chromium && ls -d /usr/lib/postgresql/*/bin; } > /dev/null 2>&1 ||
  must "apt-get install redis-server postgresql chromium" install_servers
must "npm ci" npm ci --no-audit --no-fund --prefer-offline
# An addon is compiled there, where no binary can be fetched: a minute beside the next steps.
npm ci --silent --prefix test/databases/own-packages --no-audit --no-fund --prefer-offline &
own_packages=$!
npm ci --silent --prefix test/processes/studio/frameworks --no-audit --no-fund --prefer-offline &
frameworks=$!
must "build" npm run --silent build
# Its pages with their links, and the playground. The tests open them in Chromium.
check "site" npm run --silent site
check "typecheck" npm run --silent typecheck
check "lint, format" npm run --silent lint
# A step is a subshell, which can't wait for a process that it has not begun.
wait "$own_packages"
must "npm ci in test/databases/own-packages" test "$?" = 0
wait "$frameworks"
must "npm ci in test/processes/studio/frameworks" test "$?" = 0
tests count_ava "tests" npx ava
tests count_ava "tests of the runtime, packed package" npm run --silent test:package
check "demo" npm run --silent demo
check "demo on Redis" node scripts/redis-server.mjs npm run --silent demo
tests count_matrix "matrix" npm run --silent matrix
# A part of the hosts: those that differ most in how they load, compile and report. All of them: npm run hosts.
tests count_matrix "hosts" npm run --silent hosts -- --only "vite,esbuild,tsx,zcache build,jest, @swc/jest"
# One of the newer servers, which writes without scripts, and the newest Node. All pairs: npm run servers -- --pairs.
tests count_matrix "servers" npm run --silent servers -- --pairs --only "Valkey 8.1" --client "node-redis 6"
finish
