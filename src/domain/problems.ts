import type { ErrorCode } from './errors.ts'

/** What a code of an error answer means. */
export interface ProblemKind {
  /** HTTP status. */
  status: number
  meaning: string
  /** What whoever sent the request can do. */
  fix: string
}

/** The errors that HTTP has besides those of the core. */
export const HTTP_CODES = [
  'bad_request',
  'unauthorized',
  'forbidden',
  'route_not_found',
  'body_too_large',
  'url_too_long',
  'unsupported_media_type',
  'request_timeout',
  'rate_limited',
  'headers_too_large',
  'internal_error'
] as const
export type HttpCode = (typeof HTTP_CODES)[number]

/** Errors that only code can meet, never a request. */
type InCodeOnly = 'invalid_configuration' | 'handler_exists'
export type ProblemCode = Exclude<ErrorCode, InCodeOnly> | HttpCode

/** Every code that an answer can have; the pages of the documentation and the API are made of it. */
export const PROBLEMS: Readonly<Record<ProblemCode, ProblemKind>> = {
  validation_failed: {
    status: 400,
    meaning: 'A field is missing, unknown or wrong; nothing was changed.',
    fix: 'Look at `errors`: each entry points to a field and says what it should be.'
  },
  bad_request: {
    status: 400,
    meaning:
      'The request cannot be read: its body is not JSON or is nested more than 32 deep, or its path cannot be decoded.',
    fix: 'Send JSON, and encode what goes into a path.'
  },
  secrets_not_configured: {
    status: 400,
    meaning:
      'The job has a secret, and the service has no key to seal it with; nothing was stored.',
    fix: 'Start the service with `CARILLON_SECRET_KEY`, which `openssl rand -base64 32` makes.'
  },
  unauthorized: {
    status: 401,
    meaning: 'The service wants an API key, and the request carries none that is valid.',
    fix: 'Send `Authorization: Bearer <key>`, or the key as the password of Basic authentication; make a new one if it has expired or was revoked.'
  },
  insufficient_scope: {
    status: 403,
    meaning: 'The API key is not for this; `scope` is what it would have to be for.',
    fix: 'Use a key that has this scope, or make one.'
  },
  forbidden: {
    status: 403,
    meaning: 'The application that the scheduler is a part of refuses this.',
    fix: 'Ask whoever runs that application for the right.'
  },
  cross_site_request: {
    status: 403,
    meaning: 'A web page of another site wanted to change something.',
    fix: 'If the page is your own behind a proxy, set `CARILLON_PUBLIC_URL` to the address that people see.'
  },
  command_not_allowed: {
    status: 403,
    meaning: 'The job starts a program, and this service does not allow that.',
    fix: 'Start the service with `CARILLON_ALLOW_COMMANDS=true`, if whoever may create jobs may run programs on its machine.'
  },
  job_not_found: {
    status: 404,
    meaning: 'There is no job with this id: it was deleted, or never was.',
    fix: 'List the jobs, or name the job by its key.'
  },
  run_not_found: {
    status: 404,
    meaning: 'There is no run with this id: it never was, or its record was deleted by retention.',
    fix: 'List the runs of the job; keep records longer by `CARILLON_RETENTION_AGE`.'
  },
  no_request: {
    status: 404,
    meaning:
      'There is no request of this run to show: its target is not `http`, it has not been tried, or the definition that it had is kept no longer.',
    fix: 'Read the run; keep definitions longer by `CARILLON_RETENTION_AGE`.'
  },
  api_key_not_found: {
    status: 404,
    meaning: 'There is no API key with this id.',
    fix: 'List the keys.'
  },
  route_not_found: {
    status: 404,
    meaning: 'There is no such path, or not with this method.',
    fix: 'Look at `GET /docs`; inside a host application, mind the prefix.'
  },
  request_timeout: {
    status: 408,
    meaning: 'The request did not arrive as a whole in time.',
    fix: 'Send it again, faster.'
  },
  run_active: {
    status: 409,
    meaning:
      'Another run of the job is not finished, and the job does not overlap; `run_id` says which.',
    fix: 'Wait for that run or cancel it, or send `{"overlap": "allow"}`.'
  },
  run_finished: {
    status: 409,
    meaning: 'The run is over; there is nothing left to cancel.',
    fix: 'Read the run to see what became of it.'
  },
  run_not_finished: {
    status: 409,
    meaning: 'Only a run that failed or was cancelled can be tried once more.',
    fix: 'Wait for its end, or run the job by hand.'
  },
  key_exists: {
    status: 409,
    meaning: 'Another job has this `key`; `job_id` says which.',
    fix: 'Take another key, or replace that job by `PUT /jobs/by-key/:key`.'
  },
  job_running: {
    status: 409,
    meaning: 'The job was to be deleted only if none of its runs is running, and one is.',
    fix: 'Wait, or delete it with `?running=cancel` or `?running=finish`.'
  },
  job_finished: {
    status: 409,
    meaning: 'The job has no occurrence left, so it cannot be paused.',
    fix: 'Give it a new schedule, or delete it.'
  },
  request_in_progress: {
    status: 409,
    meaning: 'A request with the same `Idempotency-Key` is being carried out.',
    fix: 'Send it again in a moment: you get the answer of the first one.'
  },
  version_mismatch: {
    status: 412,
    meaning:
      'Somebody changed the job since the version that `If-Match` names; `version` is the one it has now.',
    fix: 'Read the job again and decide anew.'
  },
  body_too_large: {
    status: 413,
    meaning: 'The body is over 256 KiB.',
    fix: 'Send less; a manifest may be split by tag.'
  },
  url_too_long: {
    status: 414,
    meaning: 'The path is longer than that of any route.',
    fix: 'Shorten it.'
  },
  unsupported_media_type: {
    status: 415,
    meaning: 'The body is not declared as JSON.',
    fix: 'Send `Content-Type: application/json`.'
  },
  host_not_allowed: {
    status: 421,
    meaning: 'The request was sent to a name that is none of the service.',
    fix: 'Call it by `localhost`, or add the name to `CARILLON_ALLOWED_HOSTS`.'
  },
  idempotency_key_reused: {
    status: 422,
    meaning: 'The `Idempotency-Key` was used for another request within the last 24 hours.',
    fix: 'Make a new key for every new request.'
  },
  rate_limited: {
    status: 429,
    meaning:
      'The sender made more requests within a minute than allowed, or sent wrong keys too often.',
    fix: 'Send it again after `Retry-After` seconds; whoever runs the service can raise `CARILLON_RATE_LIMIT`.'
  },
  headers_too_large: {
    status: 431,
    meaning: 'The headers of the request are over 16 KiB.',
    fix: 'Send fewer or shorter ones; look for cookies of other sites on this machine.'
  },
  internal_error: {
    status: 500,
    meaning: 'Something went wrong inside.',
    fix: 'Look for the `request_id` in the log of the service.'
  },
  store_unusable: {
    status: 503,
    meaning: 'The database is not one that the service can work with.',
    fix: 'Look at the log of the service: it names the reason.'
  },
  store_busy: {
    status: 503,
    meaning: 'Other processes hold the database; nothing was changed.',
    fix: 'Send it again after `Retry-After` seconds.'
  },
  store_unavailable: {
    status: 503,
    meaning: 'The database cannot be reached, or its file was deleted or replaced.',
    fix: 'Send it again after `Retry-After` seconds, a `POST` with its `Idempotency-Key`.'
  },
  too_many_listeners: {
    status: 503,
    meaning: 'As many clients as may listen to events do already, or the service stops.',
    fix: 'Connect again after `Retry-After` seconds.'
  },
  store_full: {
    status: 507,
    meaning: 'The disk of the database is full; nothing was changed.',
    fix: 'Make room: everything goes on by itself then.'
  }
}

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code)
}
