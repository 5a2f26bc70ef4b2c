import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { ROOT } from './markdown.ts'

/** A file of the repository. */
export function readText(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8')
}

/** A YAML file of the repository. */
export function readYaml(file: string): unknown {
  return parse(readText(file))
}

/** What the tests look at of a service in deploy/compose.yaml. */
export interface ComposeService {
  image: string
  build?: { context: string; dockerfile: string }
  environment?: Record<string, string>
  command?: string[]
  secrets?: string[]
  ports?: string[]
  volumes?: string[]
  deploy?: { replicas: number }
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test: string[] }
  stop_grace_period?: string
  read_only?: boolean
  cap_drop?: string[]
}

export interface Compose {
  services: Record<string, ComposeService>
  volumes: Record<string, unknown>
  secrets: Record<string, { file: string }>
}

export interface PrometheusConfig {
  rule_files: string[]
  scrape_configs: {
    job_name: string
    metrics_path?: string
    authorization: { credentials_file: string }
    dns_sd_configs: { names: string[]; type: string; port: number }[]
  }[]
}

export type Labels = Record<string, string>

interface Probe {
  httpGet: { path: string; port: string }
  timeoutSeconds?: number
}

export interface Container {
  image: string
  env: { name: string; value: string }[]
  ports: { name: string; containerPort: number }[]
  startupProbe: Probe
  livenessProbe: Probe
  readinessProbe: Probe
  lifecycle: { preStop: { sleep: { seconds: number } } }
  resources: { requests: { memory: string }; limits: { memory: string } }
  securityContext: Record<string, unknown>
  volumeMounts: { name: string; mountPath: string; readOnly: boolean }[]
}

export interface Deployment {
  metadata: { name: string; labels: Labels }
  spec: {
    replicas: number
    selector: { matchLabels: Labels }
    strategy: { rollingUpdate: { maxUnavailable: number; maxSurge: number } }
    template: {
      metadata: { labels: Labels }
      spec: {
        enableServiceLinks: boolean
        terminationGracePeriodSeconds: number
        securityContext: Record<string, unknown>
        topologySpreadConstraints: { labelSelector: { matchLabels: Labels } }[]
        containers: Container[]
        volumes: { name: string; secret: { secretName: string } }[]
      }
    }
  }
}

export interface Service {
  spec: { selector: Labels; ports: { port: number; targetPort: string }[] }
}

export interface DisruptionBudget {
  spec: { maxUnavailable: number; selector: { matchLabels: Labels } }
}

export interface Secret {
  metadata: { name: string }
  stringData: Record<string, string>
}
