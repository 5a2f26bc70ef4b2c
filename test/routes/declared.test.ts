import { test } from 'tap'
import type { RouteOptions } from 'fastify'
import { createTestApp } from '../helpers/app.ts'

/** Every route that clients may call, and what its requests are counted under. */
const ROUTES: Readonly<Record<string, string>> = {
  'POST /jobs/': 'create_job',
  'GET /jobs/': 'list_jobs',
  'GET /jobs/:id': 'get_job',
  'POST /jobs/apply': 'apply_jobs',
  'POST /jobs/bulk': 'bulk_jobs',
  'POST /import/crontab': 'import_crontab',
  'GET /jobs/export': 'export_jobs',
  'PATCH /jobs/:id': 'update_job',
  'PUT /jobs/:id': 'replace_job',
  'PUT /jobs/by-key/:key': 'put_job',
  'DELETE /jobs/:id': 'delete_job',
  'POST /jobs/:id/pause': 'pause_job',
  'POST /jobs/:id/resume': 'resume_job',
  'POST /jobs/:id/run': 'run_job',
  'POST /jobs/:id/skip': 'skip_job',
  'POST /jobs/:id/backfill': 'backfill_job',
  'GET /jobs/:id/next': 'list_next',
  'GET /jobs/:id/explain': 'explain_job',
  'GET /jobs/:id/changes': 'list_job_changes',
  'GET /changes': 'list_changes',
  'GET /jobs/activity': 'list_activity',
  'GET /jobs/:id/runs': 'list_job_runs',
  'GET /forecast': 'forecast',
  'GET /events': 'follow_events',
  'POST /targets/test': 'test_target',
  'POST /schedules/preview': 'preview_schedule',
  'GET /runs/': 'list_runs',
  'GET /runs/:id': 'get_run',
  'GET /runs/hourly': 'list_run_hours',
  'GET /runs/:id/logs': 'list_run_logs',
  'GET /runs/:id/neighbours': 'get_run_neighbours',
  'GET /runs/:id/request': 'get_run_request',
  'POST /runs/:id/cancel': 'cancel_run',
  'POST /runs/:id/retry': 'retry_run',
  'POST /runs/bulk': 'bulk_runs',
  'POST /keys/': 'create_key',
  'GET /keys/': 'list_keys',
  'GET /keys/:id': 'get_key',
  'DELETE /keys/:id': 'revoke_key',
  'GET /access': 'get_access',
  'GET /system/': 'get_system',
  'POST /system/pause': 'pause_scheduling',
  'POST /system/resume': 'resume_scheduling',
  'POST /system/prune': 'prune',
  'GET /metrics': 'metrics',
  'GET /openapi.json': 'get_openapi',
  'GET /problems': 'list_problems',
  'GET /problems/:code': 'get_problem',
  'GET /livez': 'livez',
  'GET /readyz': 'readyz'
}

const keyOf = (route: RouteOptions): string => `${route.method.toString()} ${route.url}`

test('the routes are the ones of this table, each counted under a name of its own', async (t) => {
  const { routes } = await createTestApp(t, { isService: true })
  const declared = routes.filter((route) => route.method !== 'HEAD')
  t.strictSame(
    Object.fromEntries(declared.map((route) => [keyOf(route), route.config?.operation])),
    ROUTES
  )
})

test('every route declares what it takes and every status it answers', async (t) => {
  const { routes } = await createTestApp(t, { isService: true })
  for (const route of routes.filter((one) => one.method !== 'HEAD')) {
    const { schema } = route
    const key = keyOf(route)
    const statuses = Object.keys(schema?.response ?? {})
    t.ok(
      statuses.some((status) => status.startsWith('2')),
      `${key} declares its success`
    )
    t.equal(schema?.params !== undefined, route.url.includes(':'), `${key} declares its parameters`)
    if (/livez|readyz/.test(route.url)) continue
    t.ok(statuses.includes('401'), `${key} 401`)
    if (route.url === '/metrics') continue
    for (const status of ['400', '500', '503']) t.ok(statuses.includes(status), `${key} ${status}`)
    if (route.url.includes(':')) t.ok(statuses.includes('404'), `${key} 404`)
    if (route.method !== 'GET') {
      for (const status of ['413', '415', '507']) {
        t.ok(statuses.includes(status), `${key} ${status}`)
      }
    }
  }
})

test('an answer that is not as declared fails the test that asked for it', async (t) => {
  const { app, createJob, request } = await createTestApp(t)
  const job = await createJob({})
  for (const wrong of [{ ...job, id: 'one' }, { ...job, extra: 1 }, { id: 1 }]) {
    app.cache.readJob = async () => ({ json: JSON.stringify(wrong), etag: '"x"' })
    await t.rejects(request('GET /jobs/1'), /Not as declared: GET \/jobs\/1/)
  }
})
