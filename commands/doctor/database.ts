import type { Check } from './check.ts'

/** Whether the database answers, and keeps what it is given. */
export const database: Check = { name: 'database', run: ({ storage }) => storage.finding }
