import type { JobInput } from '../../client.ts'

/** A job of the team whose dashboard is shown, and how its runs go. */
export interface TeamJob extends JobInput {
  /** How long a run takes as a rule, in milliseconds. */
  takesMs: number
  /** One of so many attempts is answered 503; none by default. */
  stumblesOneIn?: number
  /** From so many hours before the pictures on, every attempt is answered like this. */
  broken?: { forHours: number; status: number; body: string }
}

const MINUTE_MS = 60_000
const PARIS = { timezone: 'Europe/Paris' }
const NEW_YORK = { timezone: 'America/New_York' }

function call(path: string, method: 'POST' | 'GET' = 'POST') {
  const [host = '', ...rest] = path.split('/')
  return {
    type: 'http' as const,
    method,
    url: `https://${host}.acme.example/${rest.join('/')}`
  }
}

const HANDLER = (name: string) => ({ type: 'handler' as const, name })

/** Jobs that are due once a day or less often: they have a longer past. */
export const RARE_JOBS: readonly TeamJob[] = [
  {
    name: 'Nightly database backup',
    schedule: '15 2 * * *',
    ...PARIS,
    tags: ['ops', 'backup'],
    target: call('backup/databases/all'),
    timeout: '2h',
    takesMs: 23 * MINUTE_MS
  },
  {
    name: 'Verify last backup',
    schedule: '30 4 * * *',
    ...PARIS,
    tags: ['ops', 'backup'],
    target: call('backup/verify'),
    timeout: '1h',
    takesMs: 6 * MINUTE_MS
  },
  {
    name: 'Charge monthly subscriptions',
    schedule: '0 5 * * *',
    tags: ['billing'],
    target: call('billing/subscriptions/charge'),
    timeout: '30m',
    takesMs: 3 * MINUTE_MS,
    params: { batch: 500 }
  },
  {
    name: 'Export invoices to accounting',
    schedule: '30 6 * * 1-5',
    ...PARIS,
    tags: ['billing'],
    target: call('ledger/invoices/export'),
    takesMs: 8_400,
    broken: { forHours: 20, status: 401, body: '{"error":"The access token expired on 2 March."}' }
  },
  {
    name: 'Send payment reminders',
    schedule: '0 9 * * 1-5',
    ...PARIS,
    tags: ['billing', 'mail'],
    target: HANDLER('send-reminders'),
    takesMs: 41_000
  },
  {
    name: 'Daily revenue report',
    schedule: '0 7 * * *',
    ...NEW_YORK,
    tags: ['reports'],
    target: call('reports/revenue/daily'),
    takesMs: 12_800
  },
  {
    name: 'Customer digest',
    schedule: '30 8 * * 1-5',
    ...PARIS,
    tags: ['mail'],
    target: HANDLER('send-digest'),
    takesMs: 95_000
  },
  {
    name: 'Expire unused vouchers',
    schedule: '5 0 * * *',
    ...PARIS,
    tags: ['shop'],
    target: call('shop/vouchers/expire'),
    takesMs: 2_300
  },
  {
    name: 'Rotate access logs',
    schedule: '0 0 * * *',
    tags: ['ops'],
    target: call('edge/logs/rotate'),
    takesMs: 900
  },
  {
    name: 'Renew certificates',
    schedule: '0 3 * * *',
    tags: ['ops'],
    target: call('edge/certificates/renew'),
    takesMs: 4_100
  },
  {
    name: 'Delete old sessions',
    schedule: '40 3 * * *',
    tags: ['ops', 'privacy'],
    target: call('auth/sessions/prune'),
    takesMs: 7_700
  },
  {
    name: 'Anonymise closed accounts',
    schedule: '0 4 * * *',
    ...PARIS,
    tags: ['privacy'],
    target: call('auth/accounts/anonymise'),
    takesMs: 16_000
  },
  {
    name: 'Rebuild sitemap',
    schedule: '20 5 * * *',
    tags: ['shop'],
    target: call('shop/sitemap'),
    takesMs: 31_000
  },
  {
    name: 'Weekly newsletter',
    schedule: '0 10 * * 2',
    ...PARIS,
    tags: ['mail'],
    target: HANDLER('send-digest'),
    takesMs: 8 * MINUTE_MS
  },
  {
    name: 'Weekly stock-taking',
    schedule: '0 22 * * 7',
    ...PARIS,
    tags: ['warehouse'],
    target: call('warehouse/stock/count'),
    timeout: '1h',
    takesMs: 11 * MINUTE_MS
  },
  {
    name: 'Pay out to sellers',
    schedule: '0 12 * * 4',
    ...PARIS,
    tags: ['billing'],
    target: call('billing/payouts'),
    takesMs: 52_000
  },
  {
    name: 'Quarterly VAT return',
    schedule: '0 8 1 1,4,7,10 *',
    ...PARIS,
    tags: ['billing', 'reports'],
    target: call('ledger/vat/return'),
    takesMs: 60_000
  },
  {
    name: 'Check domain renewals',
    schedule: '0 9 * * 1',
    tags: ['ops'],
    target: call('edge/domains/check', 'GET'),
    takesMs: 1_200
  },
  {
    name: 'Train recommendations',
    schedule: '0 1 * * *',
    tags: ['data'],
    target: call('data/recommendations/train'),
    timeout: '3h',
    takesMs: 74 * MINUTE_MS
  },
  {
    name: 'Load events into the warehouse',
    schedule: '10 * * * *',
    tags: ['data'],
    target: call('data/events/load'),
    timeout: '20m',
    takesMs: 4 * MINUTE_MS,
    stumblesOneIn: 14
  },
  {
    name: 'Refresh exchange rates',
    schedule: '5 */4 * * *',
    tags: ['billing'],
    target: call('rates/latest', 'GET'),
    takesMs: 640
  },
  {
    name: 'Reconcile card payments',
    schedule: '45 */2 * * *',
    tags: ['billing'],
    target: call('billing/reconcile'),
    takesMs: 27_000,
    stumblesOneIn: 9
  },
  {
    name: 'Archive support tickets',
    schedule: '0 23 * * *',
    ...PARIS,
    tags: ['support'],
    target: call('support/tickets/archive'),
    takesMs: 19_000
  },
  {
    name: 'Warm up the home page',
    schedule: '0 6-22/2 * * *',
    ...PARIS,
    tags: ['shop'],
    target: call('shop/home', 'GET'),
    takesMs: 1_900
  }
]

/** Jobs that are due many times a day. */
export const FREQUENT_JOBS: readonly TeamJob[] = [
  {
    name: 'Sync stock with the warehouse',
    schedule: '*/10 5-22 * * *',
    ...PARIS,
    tags: ['warehouse', 'shop'],
    target: call('warehouse/stock/sync'),
    takesMs: 3_800,
    stumblesOneIn: 15,
    broken: { forHours: 0.7, status: 503, body: '{"error":"Read-only for maintenance."}' }
  },
  {
    name: 'Send queued mail',
    schedule: '*/5 6-22 * * *',
    ...PARIS,
    tags: ['mail'],
    target: HANDLER('send-mail'),
    takesMs: 2_100
  },
  {
    name: 'Import product feed',
    repeat_interval: '3h',
    start_date: '2026-03-02T07:20:30Z',
    tags: ['shop'],
    target: call('catalogue/feed/import'),
    timeout: '1h',
    takesMs: 34 * MINUTE_MS
  },
  {
    name: 'Refresh search index',
    schedule: '*/30 5-23 * * *',
    ...PARIS,
    tags: ['shop'],
    target: call('search/index/refresh'),
    takesMs: 48_000,
    stumblesOneIn: 12
  },
  {
    name: 'Release expired carts',
    schedule: '*/15 * * * *',
    tags: ['shop'],
    target: call('shop/carts/release'),
    takesMs: 1_300
  },
  {
    name: 'Poll carrier tracking',
    schedule: '*/15 6-20 * * 1-6',
    ...PARIS,
    tags: ['warehouse'],
    target: call('tracking/poll', 'GET'),
    takesMs: 5_600,
    stumblesOneIn: 20
  },
  {
    name: 'Update bestseller lists',
    schedule: '20 * * * *',
    tags: ['shop', 'data'],
    target: call('shop/bestsellers'),
    takesMs: 9_300
  },
  {
    name: 'Detect fraudulent orders',
    schedule: '*/20 7-23 * * *',
    ...PARIS,
    tags: ['billing'],
    target: call('risk/orders/score'),
    takesMs: 14_000
  },
  {
    name: 'Check the status page',
    repeat_interval: '10m',
    start_date: '2026-03-02T00:03:00Z',
    tags: ['ops'],
    target: call('status/check', 'GET'),
    takesMs: 310
  },
  {
    name: 'Collect disk usage',
    schedule: '50 * * * *',
    tags: ['ops'],
    target: call('metrics/disks', 'GET'),
    takesMs: 750
  },
  {
    name: 'Resize new pictures',
    schedule: 'H/15 8-19 * * 1-5',
    ...PARIS,
    tags: ['shop'],
    target: call('pictures/resize'),
    takesMs: 22_000
  },
  {
    name: 'Escalate open tickets',
    schedule: '0 8-18 * * 1-5',
    ...PARIS,
    tags: ['support'],
    target: call('support/tickets/escalate'),
    takesMs: 2_700
  },
  {
    name: 'Print packing slips',
    schedule: '*/30 6-20 * * 1-6',
    ...PARIS,
    tags: ['warehouse'],
    target: call('warehouse/slips/print'),
    takesMs: 6_200
  }
]
