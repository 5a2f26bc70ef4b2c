import { Allowed } from '../../parts/allowed.tsx'
import { Code } from '../../parts/code.tsx'
import { hrefOf } from '../../routing/route.ts'
import { addressOf } from '../../service.ts'

/** What there is to do where there is no job yet: three ways to make one, to be pasted as they are. */
export function FirstJob() {
  const url = addressOf('').replace(/\/$/, '')
  const job = '{"name": "First job", "schedule": "*/5 * * * *"}'
  const curl = `curl ${url}/jobs -H 'content-type: application/json' -d '${job}'`
  const code = `import { createClient } from 'carillon/client'

const carillon = createClient({ url: '${url}' })
await carillon.createJob({ name: 'First job', schedule: '*/5 * * * *' })`
  return (
    <>
      <p class="lead">There are no jobs yet.</p>
      <Allowed scope="write">
        <p>Three ways to make the first one:</p>
        <h2>By hand</h2>
        <p>
          <a href={hrefOf(['jobs', 'new'])}>Fill in a form</a>
        </p>
        <h2>From a shell</h2>
        <Code label="With curl" text={curl} />
        <h2>From a program</h2>
        <Code label="With the client" text={code} />
      </Allowed>
    </>
  )
}
