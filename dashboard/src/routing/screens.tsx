import type { ComponentType } from 'preact'
import { Jobs } from '../screens/jobs/jobs.tsx'
import { NotFound } from '../screens/not-found.tsx'
import type { Route } from './route.ts'

/** The screen of a place; what stands for an id is read by the screen itself. */
export function screenOf({ path }: Route): ComponentType {
  const [place = '', ...rest] = path
  if (place === '' || (place === 'jobs' && rest.length === 0)) return Jobs
  return NotFound
}
