import type { ComponentType } from 'preact'
import { EditJob } from '../screens/job-form/edit-job.tsx'
import { NewJob } from '../screens/job-form/new-job.tsx'
import { Import } from '../screens/import/import.tsx'
import { Job } from '../screens/job/job.tsx'
import { Jobs } from '../screens/jobs/jobs.tsx'
import { NotFound } from '../screens/not-found.tsx'
import { Overview } from '../screens/overview/overview.tsx'
import { Run } from '../screens/run/run.tsx'
import { Runs } from '../screens/runs/runs.tsx'
import { Schedule } from '../screens/schedule/schedule.tsx'
import { System } from '../screens/system/system.tsx'
import type { Route } from './route.ts'

const SCREENS: ReadonlyMap<string, ComponentType> = new Map([
  ['', Overview],
  ['jobs', Jobs],
  ['jobs/new', NewJob],
  ['jobs/:id', Job],
  ['jobs/:id/edit', EditJob],
  ['runs', Runs],
  ['runs/:id', Run],
  ['schedule', Schedule],
  ['import', Import],
  ['system', System]
])

/** The screen of a place; what stands for an id is read by the screen itself. */
export function screenOf({ path }: Route): ComponentType {
  const pattern = path.map((part) => (/^[1-9]\d*$/.test(part) ? ':id' : part)).join('/')
  return SCREENS.get(pattern) ?? NotFound
}
