import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'
import process from 'node:process'

/**
 * Pictures show the names of replicas and how long retries waited: they are to be the same on every
 * machine and at every time. Import this first.
 */
os.hostname = () => 'jobs-1'
Object.defineProperty(process, 'pid', { value: 7 })
syncBuiltinESMExports()
Math.random = () => 0.7
