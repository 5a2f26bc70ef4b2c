import { t as file, test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { openDashboard, tooWide } from '../helpers/dashboard.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(300_000)
const skip = browserSkipped

const TEXTS = [
  '<img src=x onerror="window.pwned = 1">',
  '</script><script>window.pwned = 1</script>',
  '"><svg onload=window.pwned=1>',
  'javascript:window.pwned=1',
  '&lt;b&gt; &amp; {{7*7}} ${7*7}',
  '\u202egnp.exe \u200f\u2066mirrored',
  '\u001b[2J\u001b[31mred\u001b[0m',
  'x'.repeat(200),
  '漢字'.repeat(100),
  '#/jobs?q=<script>'
]

/** Elements and addresses that only a name could have brought in. */
const BROUGHT_IN = `({
  elements: document.querySelectorAll('#app :is(img, script, iframe, b)').length,
  // Links of drawings keep their address elsewhere.
  addresses: [...document.querySelectorAll('a')]
    .map(({ href }) => new URL(href.baseVal ?? href, location.href).protocol)
    .filter((protocol) => protocol !== 'http:'),
  pwned: window.pwned ?? null
})`

test('what people write is shown as it was written, on every screen', { skip }, async (t) => {
  const dashboard = await openDashboard(t)
  const { page, scheduler, show, complaints } = dashboard
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  scheduler.handle('fails', async ({ params }) => {
    throw new Error(String(params))
  })
  const shows = async (hash: string, text: string): Promise<void> => {
    await show(hash)
    // As text of an element: what the browser made of it.
    await until(`${hash} shows ${text}`, () =>
      page.evaluate<boolean>(`document.querySelector('main')?.textContent
        .includes(${JSON.stringify(text)})`)
    )
    t.strictSame(
      await page.evaluate(BROUGHT_IN),
      { elements: 0, addresses: [], pwned: null },
      `${hash}, ${text.slice(0, 40)}`
    )
    await page.setViewportSize({ width: 320, height: 800 })
    t.ok((await tooWide(page)) <= 0, `${hash} stays narrow with ${text.slice(0, 40)}`)
    await page.setViewportSize({ width: 1280, height: 800 })
  }

  for (const text of TEXTS) {
    // A name has no control characters, but what a handler says of its failure may have any.
    const name = /\p{Cc}/u.test(text) ? 'escapes' : text
    const { id } = await scheduler.createJob({
      name,
      repeat_interval: '20m',
      tags: [name.slice(0, 50)],
      params: text,
      target: { type: 'handler', name: 'fails' }
    })
    const run = await scheduler.run(id)
    await until('it has failed', async () => (await scheduler.getRun(run.id)).state === 'failed')
    await scheduler.createJob({ name, repeat_interval: '30m' })
    for (const hash of ['#/', '#/jobs', '#/schedule', `#/jobs/${id}`]) await shows(hash, name)
    t.equal(await page.title(), `${name} · Carillon`)
    for (const hash of ['#/runs', `#/runs/${run.id}`]) await shows(hash, text)
    await scheduler.pause(id, { reason: name })
    await shows(`#/jobs/${id}`, `(${name})`)
    // JSON writes quotes and escapes in its own way.
    await shows(`#/jobs/${id}?tab=changes`, JSON.stringify(name).slice(1, -1))
    await show(`#/jobs/${id}/edit`)
    await page.getByLabel('Name', { exact: true }).waitFor()
    t.equal(await page.getByLabel('Name', { exact: true }).inputValue(), name)
    await show(`#/jobs?q=${encodeURIComponent(name)}`)
    await page.getByText('Showing 2 of 2').waitFor()
    for (const { id: old } of await scheduler.listJobs({})) await scheduler.deleteJob(old)
  }
  t.strictSame(complaints, [])
})
