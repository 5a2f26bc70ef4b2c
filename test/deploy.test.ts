/**
 * The files of deploy/, held to the code: what cannot be started here is read, and compared with
 * what it speaks of.
 */
import { cpSync, existsSync, globSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { test } from 'tap'
import {
  Options,
  optionsFromEnvironment,
  parseConfig,
  variableOf,
  type Config
} from '../src/config.ts'
import { parseDuration } from '../src/domain/duration.ts'
import { ABANDON_AFTER_MS } from '../src/engine/executor.ts'
import {
  readText,
  readYaml,
  type Compose,
  type Container,
  type Deployment,
  type DisruptionBudget,
  type Labels,
  type PrometheusConfig,
  type Secret,
  type Service
} from './helpers/deploy-files.ts'
import { routesOf } from './helpers/doc-app.ts'
import { copyOf, isIgnored, lineOf, parseDockerfile, valuesOf } from './helpers/dockerfile.ts'
import { codesIn, readPage, ROOT } from './helpers/markdown.ts'
import { freePort, inTempFolder, runToEnd, startListening } from './helpers/processes.ts'

interface PackageJson {
  version: string
  bin: { carillon: string }
  scripts: Record<string, string>
  peerDependencies: Record<string, string>
}

const KUBERNETES = 'deploy/kubernetes'
const KEY = 'k'.repeat(44)

const packageJson = JSON.parse(readText('package.json')) as PackageJson
const dockerignore = readText('.dockerignore')
const stages = parseDockerfile(readText('deploy/Dockerfile'))
const image = stages.slice(-1).flatMap((stage) => lineOf(stages, stage))
const inBuild = stages.filter(({ name }) => name === 'build').flatMap((one) => lineOf(stages, one))
const allInstructions = stages.flatMap(({ instructions }) => instructions)

/** What the last instruction of a keyword says of the image. */
const imageHas = (keyword: string): string => valuesOf(image, keyword).at(-1) ?? ''

const imagePort = Number(imageHas('EXPOSE'))
const imageEnv = Object.fromEntries(
  valuesOf(image, 'ENV').flatMap((value) =>
    value.split(/\s+/).map((pair) => pair.split('=') as [string, string])
  )
)
const entrypoint = JSON.parse(imageHas('ENTRYPOINT')) as string[]
const healthcheck = JSON.parse(imageHas('HEALTHCHECK').replace(/^.*? CMD /, '')) as string[]

const compose = readYaml('deploy/compose.yaml') as Compose
const prometheus = readYaml('deploy/prometheus.yml') as PrometheusConfig
const deployment = readYaml(`${KUBERNETES}/deployment.yaml`) as Deployment
const secret = readYaml(`${KUBERNETES}/secret.example.yaml`) as Secret
const pod = deployment.spec.template
const [container] = pod.spec.containers as [Container]
const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe]

/** How long a process may need to stop, after it was told to. */
function stopMs({ stopGraceMs }: Config): number {
  return stopGraceMs + ABANDON_AFTER_MS
}

/** What a container makes of its variables, those of its image included. */
function configIn(env: Record<string, string>, readFile: (file: string) => string): Config {
  return parseConfig(optionsFromEnvironment({ ...imageEnv, ...env }, readFile))
}

void test('the image has the Node that the tests run on, by its version', (t) => {
  const lock = JSON.parse(readText('package-lock.json')) as {
    packages: Record<string, { version: string }>
  }
  const images = stages.filter(({ from }) => !stages.some(({ name }) => name === from))
  t.same(
    images.map(({ from }) => from),
    [`node:${lock.packages['node_modules/node']?.version}-slim`]
  )
  t.end()
})

void test('what is copied into the image is there, and nothing else can be', (t) => {
  const copies = valuesOf(allInstructions, 'COPY').map(copyOf)
  const sources = copies.flatMap(({ stage, sources: all }) => (stage === null ? all : []))
  for (const source of sources) {
    const files = globSync(source, { cwd: ROOT })
    t.ok(files.length > 0, `${source} is there`)
    for (const file of files) t.notOk(isIgnored(dockerignore, file), `${file} is not ignored`)
  }
  const allowed = dockerignore.split('\n').filter((line) => line.startsWith('!'))
  t.same(allowed.map((line) => line.slice(1)).sort(), sources.toSorted())
  for (const file of ['.git/config', 'node_modules/pg/package.json', 'deploy/secrets/api-key']) {
    t.ok(isIgnored(dockerignore, file), `${file} is ignored`)
  }
  for (const { stage } of copies.filter((one) => one.stage !== null)) {
    t.ok(
      stages.some(({ name }) => name === stage),
      `the stage ${stage} is there`
    )
  }
  t.end()
})

void test('what the Dockerfile runs of npm exists, and it brings every driver', (t) => {
  const runs = valuesOf(allInstructions, 'RUN')
  for (const run of runs) {
    const [, script] = /^npm run (\S+)/.exec(run) ?? []
    if (script !== undefined) t.ok(script in packageJson.scripts, run)
    else t.match(run, /^(?:npm (?:ci|install) .*--ignore-scripts|install -d )/)
  }
  const drivers = runs.find((run) => run.startsWith('npm install'))
  const named = [...(/\[(.*?)\]/.exec(drivers ?? '')?.[1] ?? '').matchAll(/'(\w+)'/g)]
  t.same(
    named.map(([, name = '']) => name).sort(),
    Object.keys(packageJson.peerDependencies).sort()
  )
  t.end()
})

void test('the service in the image is nobody, and may write to its volume alone', (t) => {
  const [user = ''] = imageHas('USER').split(':')
  t.match(user, /^[1-9]\d*$/, 'a number, and not that of root')
  t.equal(imageHas('VOLUME'), imageHas('WORKDIR'), 'the database is made in the volume')
  t.match(valuesOf(image, 'RUN').at(-1), `install -d -o ${user} -g ${user} ${imageHas('VOLUME')}`)
  const keywords = image.map(({ keyword }) => keyword)
  t.ok(keywords.lastIndexOf('RUN') < keywords.indexOf('VOLUME'), 'owned before it is a volume')
  t.ok(keywords.lastIndexOf('RUN') < keywords.indexOf('USER'), 'what is copied belongs to root')
  t.notOk(image.some(({ value }) => value.includes('--chown')))
  t.equal(imageHas('STOPSIGNAL'), 'SIGTERM')
  t.end()
})

void test('what the Dockerfile copies is built, starts, is healthy, and stops', async (t) => {
  const [workdir = ''] = valuesOf(inBuild, 'WORKDIR')
  const [node, ...parameters] = entrypoint
  const program = parameters.at(-1) ?? ''
  t.equal(program, path.join(workdir, packageJson.bin.carillon))
  t.equal(node, 'node')
  await inTempFolder(async (folder) => {
    for (const { sources, to } of valuesOf(inBuild, 'COPY').map(copyOf)) {
      for (const file of sources.flatMap((source) => globSync(source, { cwd: ROOT }))) {
        const target = to === './' ? file : to
        cpSync(path.join(ROOT, file), path.join(folder, target), { recursive: true })
      }
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
    for (const run of valuesOf(inBuild, 'RUN').filter((one) => one.startsWith('npm run '))) {
      const { code, stdout, stderr } = await runToEnd('bash', ['-c', run], { cwd: folder })
      t.equal(code, 0, `${run}: ${stdout}${stderr}`)
    }
    const volume = path.join(folder, 'volume')
    mkdirSync(volume)
    const file = path.join(folder, path.relative(workdir, program))
    const port = await freePort()
    const env = { ...imageEnv, PORT: String(port), CARILLON_API_KEY: KEY }
    const service = await startListening([...parameters.slice(0, -1), file], {
      port,
      cwd: volume,
      env
    })
    for (const { path: probe } of probes.map(({ httpGet }) => httpGet)) {
      const { status } = await fetch(`http://127.0.0.1:${port}${probe}`)
      t.equal(status, 200, `${probe} needs no key`)
    }
    const health = async (at: number) => {
      const [, ...args] = healthcheck
      const PORT = String(at)
      const { code } = await runToEnd(process.execPath, args, { cwd: volume, env: { PORT } })
      return code
    }
    t.equal(await health(port), 0)
    t.equal(await health(await freePort()), 1)
    await service.stop()
    t.match(service.output(), '"msg":"Stopped."')
    t.ok(existsSync(path.join(volume, 'carillon.db')))
  })
})

void test('the health check asks where the service listens by default', async (t) => {
  const { port, host } = configIn({ CARILLON_API_KEY: KEY }, String)
  t.equal(port, imagePort)
  t.equal(host, '0.0.0.0')
  const script = healthcheck.at(-1) ?? ''
  t.match(script, `process.env.PORT ?? ${imagePort}`)
  const [, asked = ''] = /\}(\/\w+)`/.exec(script) ?? []
  t.ok(
    (await routesOf()).some(({ name }) => name === `GET ${asked}`),
    asked
  )
  t.end()
})

void test('compose: the service finds its configuration and its secrets', (t) => {
  const { carillon, postgres, prometheus: watcher } = compose.services
  const given: Record<string, string> = {
    'api-key': KEY,
    'database-url': 'postgres://carillon:password@postgres:5432/carillon'
  }
  const config = configIn(carillon?.environment ?? {}, (file) => {
    const name = path.posix.relative('/run/secrets', file)
    if (carillon?.secrets?.includes(name) === true) return given[name] ?? ''
    throw new Error(`${file} is no secret of the service.`)
  })
  t.equal(config.apiKey, KEY)
  t.match(config.database, /^postgres:/)
  const ms = parseDuration(carillon?.stop_grace_period ?? '') ?? 0
  t.ok(ms > stopMs(config), 'runs may end before it is killed')
  t.equal(
    postgres?.environment?.['POSTGRES_PASSWORD_FILE'],
    `/run/secrets/${postgres?.secrets?.[0]}`
  )
  for (const service of [carillon, postgres, watcher]) {
    for (const name of service?.secrets ?? []) {
      t.match(compose.secrets[name]?.file, `./secrets/${name}`, name)
    }
    for (const volume of service?.volumes ?? []) {
      const [source = ''] = volume.split(':')
      const isFile = source.startsWith('.')
      t.ok(isFile ? existsSync(path.join(ROOT, 'deploy', source)) : source in compose.volumes)
    }
  }
  t.end()
})

void test('compose: the image is ours, every replica has a port, and only here', (t) => {
  const { carillon, ...others } = compose.services
  t.equal(carillon?.image, `carillon:${packageJson.version}`)
  const { context = '', dockerfile = '' } = carillon?.build ?? {}
  t.equal(path.resolve(ROOT, 'deploy', context), ROOT)
  t.ok(existsSync(path.join(ROOT, dockerfile)), dockerfile)
  const [, from = '', to = '', inside] =
    /^127\.0\.0\.1:(\d+)-(\d+):(\d+)$/.exec(carillon?.ports?.[0] ?? '') ?? []
  t.equal(Number(to) - Number(from) + 1, carillon?.deploy?.replicas)
  t.equal(Number(inside), imagePort)
  for (const [name, { condition }] of Object.entries(carillon?.depends_on ?? {})) {
    t.ok(name in others, name)
    t.equal(condition === 'service_healthy', others[name]?.healthcheck !== undefined)
  }
  for (const { ports = [], image: other } of Object.values(others)) {
    t.match(other, /:v?\d/, 'an image by its version')
    for (const port of ports) t.match(port, /^127\.0\.0\.1:/)
  }
  t.match(carillon, { read_only: true, cap_drop: ['ALL'] })
  t.end()
})

void test('compose: the database has connections for all replicas', (t) => {
  const { postgres, carillon } = compose.services
  const options = Options.properties as Record<string, { default?: unknown }>
  const poolSize = Number(options['poolSize']?.default ?? 10)
  const setting = postgres?.command?.find((word) => word.startsWith('max_connections='))
  const connections = Number(setting?.split('=')[1])
  t.ok(connections > (carillon?.deploy?.replicas ?? Infinity) * poolSize)
  t.end()
})

void test('Prometheus scrapes every replica, with the key, under the name of the alerts', async (t) => {
  const [scrape] = prometheus.scrape_configs
  const { carillon, prometheus: watcher } = compose.services
  t.match(scrape?.dns_sd_configs, [{ names: ['carillon'], type: 'A', port: imagePort }])
  const file = scrape?.authorization.credentials_file
  t.ok(watcher?.secrets?.includes(path.basename(file ?? '')))
  t.equal(file, carillon?.environment?.['CARILLON_API_KEY_FILE'])
  t.match(readText('deploy/prometheus/alerts.yaml'), `up{job="${scrape?.job_name}"}`)
  const asked = scrape?.metrics_path ?? '/metrics'
  t.ok((await routesOf()).some(({ name }) => name === `GET ${asked}`))
  t.strictSame(prometheus.rule_files, ['alerts.yaml'])
  for (const mounted of ['prometheus.yml', 'prometheus/alerts.yaml']) {
    const mount = `./${mounted}:/etc/prometheus/${path.basename(mounted)}:ro`
    t.ok(watcher?.volumes?.includes(mount), mount)
  }
})

void test('promtool accepts the configuration of Prometheus', async (t) => {
  await inTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'api-key'), KEY)
    const text = readText('deploy/prometheus.yml').replaceAll('/run/secrets/', `${folder}/`)
    await writeFile(path.join(folder, 'prometheus.yml'), text)
    await writeFile(path.join(folder, 'alerts.yaml'), readText('deploy/prometheus/alerts.yaml'))
    const args = ['check', 'config', 'prometheus.yml']
    const { code, stdout, stderr } = await runToEnd('promtool', args, { cwd: folder })
    if (code === 127) t.pass('promtool check config', { skip: 'promtool is not installed' })
    else t.equal(code, 0, stdout + stderr)
  })
})

void test('Kubernetes: what is applied is all of it but the example of the Secret', (t) => {
  const { resources } = readYaml(`${KUBERNETES}/kustomization.yaml`) as { resources: string[] }
  const files = readdirSync(path.join(ROOT, KUBERNETES)).filter(
    (file) => !/^(?:kust|sec)/.test(file)
  )
  t.same(resources.toSorted(), files.sort())
  const kinds = [...resources, 'secret.example.yaml'].map((file) => {
    const { apiVersion, kind } = readYaml(`${KUBERNETES}/${file}`) as Record<string, string>
    return `${apiVersion} ${kind}`
  })
  t.same(kinds.sort(), [
    'apps/v1 Deployment',
    'policy/v1 PodDisruptionBudget',
    'v1 Secret',
    'v1 Service'
  ])
  t.end()
})

void test('Kubernetes: every selector finds the pods, every port and probe its place', async (t) => {
  const service = readYaml(`${KUBERNETES}/service.yaml`) as Service
  const budget = readYaml(`${KUBERNETES}/pod-disruption-budget.yaml`) as DisruptionBudget
  const spread = pod.spec.topologySpreadConstraints.map((one) => one.labelSelector.matchLabels)
  const selectors: Labels[] = [
    deployment.spec.selector.matchLabels,
    service.spec.selector,
    budget.spec.selector.matchLabels,
    ...spread
  ]
  for (const selector of selectors) {
    t.ok(Object.keys(selector).length > 0)
    t.match(pod.metadata.labels, selector)
  }
  const [port] = container.ports
  t.equal(port?.containerPort, imagePort)
  t.same(
    service.spec.ports.map(({ targetPort }) => targetPort),
    [port?.name]
  )
  const routes = (await routesOf()).map(({ name }) => name)
  for (const { httpGet } of probes) {
    t.equal(httpGet.port, port?.name)
    t.ok(routes.includes(`GET ${httpGet.path}`), httpGet.path)
  }
  t.equal(container.livenessProbe.httpGet.path, '/livez', 'a database away restarts nothing')
  t.equal(container.readinessProbe.httpGet.path, '/readyz')
})

void test('Kubernetes: the service finds its configuration, and nothing else, in the container', (t) => {
  const [mount] = container.volumeMounts
  const volume = pod.spec.volumes.find(({ name }) => name === mount?.name)
  t.equal(volume?.secret.secretName, secret.metadata.name)
  const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]))
  const configWith = (values: Record<string, string>, more: Record<string, string> = {}) =>
    configIn({ ...env, ...more }, (file) => {
      const value = values[path.posix.relative(mount?.mountPath ?? '', file)]
      if (value === undefined) throw new Error(`${file} is not in the Secret.`)
      return value
    })
  t.throws(() => configWith(secret.stringData), /CARILLON_API_KEY must be/, 'an example is no key')
  const config = configWith({ ...secret.stringData, 'api-key': KEY })
  t.equal(config.apiKey, KEY)
  t.match(config.database, /^postgres:/, 'one database for all replicas')
  const { preStop } = container.lifecycle
  const seconds = pod.spec.terminationGracePeriodSeconds - preStop.sleep.seconds
  t.ok(seconds * 1_000 > stopMs(config), 'runs may end before it is killed')

  const links = { CARILLON_SERVICE_HOST: '10.0.0.1', CARILLON_PORT: 'tcp://10.0.0.1:8080' }
  const values = { ...secret.stringData, 'api-key': KEY }
  t.throws(() => configWith(values, links), /is not a known variable/)
  t.equal(pod.spec.enableServiceLinks, false, 'so these are not put there')
  t.end()
})

void test('Kubernetes: an upgrade and a drain leave enough replicas; each has few rights', (t) => {
  const { replicas, strategy } = deployment.spec
  const budget = readYaml(`${KUBERNETES}/pod-disruption-budget.yaml`) as DisruptionBudget
  t.match(strategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } })
  t.equal(replicas, 3)
  t.ok(budget.spec.maxUnavailable > 0 && budget.spec.maxUnavailable < replicas)
  t.match(container.image, new RegExp(`/carillon:${packageJson.version}$`))
  const [user, group] = imageHas('USER').split(':').map(Number)
  t.match(pod.spec.securityContext, { runAsNonRoot: true, runAsUser: user, runAsGroup: group })
  t.match(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] }
  })
  t.match(container.resources, { requests: { memory: /Mi$/ }, limits: { memory: /Mi$/ } })
  t.ok((container.readinessProbe.timeoutSeconds ?? 1) > 1, 'longer than the database may take')
  t.end()
})

void test('every variable that these files and their page name is one of ours', (t) => {
  const known = Object.keys(Options.properties).map(variableOf)
  const files = globSync('deploy/**/*', { cwd: ROOT }).filter((file) => path.extname(file) !== '')
  const page = readPage('docs/deploying.md')
  const texts = ['deploy/Dockerfile', ...files.filter((file) => /\.ya?ml$/.test(file))].map(
    readText
  )
  const named = [...texts, page.text].flatMap((text) => [...text.matchAll(/\bCARILLON_[A-Z_]+/g)])
  t.ok(named.length > 0)
  for (const [name] of named) t.ok(known.includes(name.replace(/_FILE$/, '')), name)
  const inSecret = [...page.text.matchAll(/--from-file=([\w-]+)=/g)].map(([, name = '']) => name)
  t.same(inSecret.sort(), Object.keys(secret.stringData).sort())
  for (const code of codesIn(page.text).filter((one) => one.startsWith('deploy/'))) {
    t.ok(existsSync(path.join(ROOT, code)) || code.startsWith('deploy/secrets'), code)
  }
  t.end()
})
