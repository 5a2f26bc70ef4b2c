#!/usr/bin/env bash
# Is what would be published complete? Packs it, installs the file into an empty folder, and uses it
# from there in plain JavaScript: types, plugin, command.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
folder=$(mktemp -d)
service=
finish() {
  if [ -n "$service" ]; then kill "$service" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap finish EXIT

tarball=$(npm pack --silent --pack-destination "$folder" | tail -n 1)
tar -tzf "$folder/$tarball" >"$folder/contents"
for file in dist/index.js dist/index.d.ts dist/cli.js dist/routes dist/migrations README.md LICENSE openapi.json dist/client.js dist/core.js dist/testing.js dist/dashboard/dist/index.html; do
  grep -q "^package/$file" "$folder/contents" || { echo "$file is not in the package."; exit 1; }
done

# Nothing else may get in: no tests, no sources and maps of them, nothing that looks like a secret.
sed 's,^package/,,' "$folder/contents" >"$folder/files"
unwanted='(^|/)(tests?|bench|scripts|node_modules|deploy)/|\.test\.|\.map$|\.png$|(^|/)\.'
secret='\.(pem|key|p12|pfx|db|sqlite|log)(-[a-z]+)?$|api-key|id_rsa|secret|credential'
if grep -iE "$unwanted" "$folder/files" || grep -vE '\.(js|d\.ts|md)$' "$folder/files" | grep -iE "$secret"; then
  echo 'These files do not belong into the package.'
  exit 1
fi
if grep -E '\.ts$' "$folder/files" | grep -vE '\.d\.ts$'; then
  echo 'Node does not run TypeScript of a package.'
  exit 1
fi
tar -xzf "$folder/$tarball" -C "$folder" package
node -e '
  const { scripts } = JSON.parse(require("fs").readFileSync(process.argv[1]))
  const run = ["preinstall", "install", "postinstall", "prepare"].filter((name) => scripts?.[name])
  if (run.length > 0) throw new Error(`Installing the package would run ${run}.`)
' "$folder/package/package.json"
if grep -rlE 'BEGIN [A-Z ]*PRIVATE KEY|car_[0-9a-z]+_[A-Za-z0-9_-]{43}' "$folder/package"; then
  echo 'These files hold what looks like a secret.'
  exit 1
fi
rm -r "$folder/package"

cd "$folder"
echo '{ "name": "host", "private": true, "type": "module" }' >package.json
# Without scripts: what has binaries brings them along, and everything below works all the same.
npm install --silent --ignore-scripts --no-audit --no-fund --prefer-offline "./$tarball" fastify @types/node@24

cat >host.js <<'JS'
import Fastify from 'fastify'
import carillon from 'carillon'

const app = Fastify()
await app.register(carillon, {
  prefix: '/scheduler',
  database: 'sqlite::memory:',
  handlers: { add: async ({ params }) => ({ sum: Number(params) + 1 }) }
})
await app.ready()

const job = await app.scheduler.createJob({
  name: 'Add',
  schedule: '@yearly',
  params: 1,
  target: { type: 'handler', name: 'add' }
})
const settled = new Promise((resolve) => app.scheduler.events.on('runs_settled', resolve))
const { id } = await app.scheduler.run(job.id)
await settled
const run = await app.scheduler.getRun(id)

const { statusCode } = await app.inject('/scheduler/jobs/1')
await app.close()
if (run.state !== 'succeeded' || statusCode !== 200) {
  throw new Error(`The run is ${run.state}, the API answered ${statusCode}.`)
}
JS
timeout 60 node host.js

"$root/node_modules/.bin/tsc" --noEmit --allowJs --checkJs --strict --skipLibCheck \
  --module nodenext --target es2024 --types node host.js
# The types must say something: a name that is wrong has to be found.
sed 's/app\.scheduler\.run(/app.scheduler.runn(/' host.js >wrong.js
if "$root/node_modules/.bin/tsc" --noEmit --allowJs --checkJs --strict --skipLibCheck \
  --module nodenext --target es2024 --types node wrong.js >/dev/null; then
  echo 'The types of the package do not reach a host application.'
  exit 1
fi

# Each part of the package by its own name, with types; the client against a service that runs.
cat >parts.js <<'JS'
import { createClient } from 'carillon/client'
import { openScheduler } from 'carillon/core'
import { createTestScheduler } from 'carillon/testing'

const kit = await createTestScheduler()
const target = { type: /** @type {const} */ ('http'), url: 'https://example.com/' }
await kit.scheduler.createJob({ name: 'Kit', schedule: '@hourly', target })
await kit.clock.advance('1h')
if (kit.webhooks.requests.length !== 1) throw new Error('No call was captured.')
await kit.close()

const scheduler = await openScheduler({ database: 'sqlite::memory:', autoStart: false })
await scheduler.createJob({ name: 'Core', schedule: '@yearly' })
const count = await scheduler.countJobs()
await scheduler.close()

const client = createClient({ url: process.env.CARILLON_URL ?? '' })
const job = await client.createJob({ name: 'Client', schedule: '@yearly' })
const { id } = await client.run(job.id)
let run = await client.getRun(id)
for (let tries = 0; run.state !== 'succeeded' && tries < 100; tries++) {
  await new Promise((resolve) => setTimeout(resolve, 50))
  run = await client.getRun(id)
}
if (count !== 1 || run.state !== 'succeeded') throw new Error(`${count} ${run.state}`)
JS
check_types() {
  "$root/node_modules/.bin/tsc" --noEmit --allowJs --checkJs --strict --skipLibCheck \
    --module nodenext --target es2024 --lib es2024,dom,dom.iterable,esnext --types node "$1"
}
check_types parts.js
for name in createJob countJobs advance; do
  sed "s/\.$name(/.${name}x(/" parts.js >wrong.js
  if check_types wrong.js >/dev/null; then echo "$name has no type."; exit 1; fi
done

# The drivers of servers are not installed along; who needs one is told which.
for server in postgres:pg mysql:mysql2; do
  said=$(DATABASE_URL="${server%:*}://localhost/jobs" PORT=0 node_modules/.bin/carillon 2>&1 >/dev/null) &&
    { echo "It started without the driver ${server#*:}."; exit 1; }
  grep -q "npm install ${server#*:}\"" <<<"$said" || { echo "$said"; exit 1; }
done

PORT=0 node_modules/.bin/carillon >service.log 2>&1 &
service=$!
for _ in $(seq 100); do
  grep -q 'Server listening' service.log && break
  sleep 0.1
done
url=$(grep -o 'Server listening at http://127[^"]*' service.log | head -n 1 | grep -o 'http.*')
CARILLON_URL="$url" timeout 60 node parts.js
CARILLON_URL="$url" node_modules/.bin/carillon jobs --json | grep -q '"name": "Client"'
kill -TERM "$service"
wait "$service" || { cat service.log; echo 'The command did not start and stop.'; exit 1; }
service=
grep -q 'Server listening' service.log || { cat service.log; exit 1; }
grep -q 'Stopped' service.log

echo 'The package is complete: plugin, client, core, testing, types and command work from an empty folder.'
