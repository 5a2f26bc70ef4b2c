import type { Page } from 'playwright-core'
import { test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { openDashboard } from '../helpers/dashboard.ts'
import { createSink, type SinkAnswer } from '../helpers/sink.ts'
import { until } from '../helpers/until.ts'

const skip = browserSkipped
const LIFE = ['running', 'pending', 'running', 'succeeded']

/** The states that a page has shown at a place, each once in a row. */
async function keepStates(page: Page, place: string): Promise<() => Promise<string[]>> {
  await page.evaluate(`
    window.states = []
    const look = () => {
      const word = document.querySelector(${JSON.stringify(place)})?.className.replace('state ', '')
      if (word !== undefined && word !== window.states.at(-1)) window.states.push(word)
    }
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true })
    look()`)
  return () => page.evaluate('window.states')
}

/** An answer that comes when the test says so. */
function held(answer: { status: number; headers?: Record<string, string> }) {
  const { promise, resolve: release } = Promise.withResolvers<void>()
  const give: SinkAnswer = (response) => {
    void promise.then(() => response.writeHead(answer.status, answer.headers).end())
  }
  return { give, release }
}

test('a run is seen to start, fail, wait, start again and succeed', { skip }, async (t) => {
  const sink = await createSink(t)
  // Long enough for a page on a busy machine to be told of it.
  const first = held({ status: 503, headers: { 'retry-after': '4' } })
  const second = held({ status: 200 })
  sink.respondWith(first.give, second.give)
  const { page, scheduler, url, show, complaints } = await openDashboard(t)
  const { id } = await scheduler.createJob({
    name: 'Recovers',
    repeat_interval: '1h',
    target: { type: 'http', url: sink.url }
  })
  const overview = await page.context().newPage()
  const ofJob = await page.context().newPage()
  await overview.goto(`${url}/ui/#/`)
  await ofJob.goto(`${url}/ui/#/jobs/${id}`)
  for (const opened of [overview, ofJob]) {
    await opened.getByRole('button', { name: 'Live' }).waitFor()
  }
  const run = await scheduler.run(id)
  await sink.next()
  await show(`#/runs/${run.id}`)
  await page.getByRole('button', { name: 'Live' }).waitFor()
  await page.locator('.lead .state.running').waitFor()
  const ofRunStates = await keepStates(page, 'main .lead .state')
  const ofJobStates = await keepStates(ofJob, 'main tbody tr .state')
  await ofJob.locator('tbody .state.running').waitFor()
  const running = overview.getByRole('list', { name: 'Numbers' }).getByText('running')
  await running.getByText('1', { exact: true }).waitFor()

  first.release()
  await page.locator('.lead .state.pending').waitFor()
  await ofJob.locator('tbody .state.pending').waitFor()
  await sink.next()
  // Whoever looks at a fast service may miss a state, but not one that lasts.
  await page.locator('.lead .state.running').waitFor()
  await ofJob.locator('tbody .state.running').waitFor()
  second.release()
  await page.locator('.lead .state.succeeded').waitFor()
  await ofJob.locator('tbody .state.succeeded').waitFor()
  await running.getByText('0', { exact: true }).waitFor()
  await overview.getByText('All quiet').waitFor()
  t.strictSame(await ofRunStates(), LIFE)
  await until('the job has seen all of it, too', async () => (await ofJobStates()).length === 4)
  t.strictSame(await ofJobStates(), LIFE)
  t.match(await page.locator('.attempts').innerText(), /503/)
  t.strictSame(complaints, [])
})
