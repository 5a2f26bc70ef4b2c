import type { ComponentType } from 'preact'
import { Import } from '../screens/import/import.tsx'
import { Job } from '../screens/job/job.tsx'
import { Jobs } from '../screens/jobs/jobs.tsx'
import { NotFound } from '../screens/not-found.tsx'
import { Run } from '../screens/run/run.tsx'
import { Runs } from '../screens/runs/runs.tsx'
import { System } from '../screens/system/system.tsx'
import type { Route } from './route.ts'

const LISTS: Readonly<Record<string, ComponentType>> = {
  jobs: Jobs,
  runs: Runs,
  import: Import,
  system: System
}
const THINGS: Readonly<Record<string, ComponentType>> = { jobs: Job, runs: Run }

/** The screen of a place; what stands for an id is read by the screen itself. */
export function screenOf({ path }: Route): ComponentType {
  const [place = 'jobs', id, ...more] = path
  if (more.length > 0) return NotFound
  const isId = id !== undefined && /^[1-9]\d*$/.test(id)
  if (id === undefined) return LISTS[place] ?? NotFound
  return isId ? (THINGS[place] ?? NotFound) : NotFound
}
