import type { TargetType } from '../../../../src/domain/target.ts'
import { AreaField, PickField, TextField } from './controls.tsx'
import { TARGET_TYPES } from './draft.ts'
import type { Form } from './form.ts'
import { Headers } from './headers.tsx'
import { Radios } from './radios.tsx'
import { TestTarget } from './test-target.tsx'

const NAMES: Readonly<Record<TargetType, string>> = {
  log: 'Write a log line',
  http: 'Call a URL',
  handler: 'Call a handler',
  command: 'Run a command'
}

const METHODS = Object.fromEntries(
  ['POST', 'GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [method, method])
)

interface WhatProps {
  form: Form
  /** The job that is changed; null for a new one. */
  id: number | null
}

/** What the job is, and what it does. */
export function What({ form, id }: WhatProps) {
  const { target } = form.work.value.draft
  return (
    <fieldset>
      <legend>What</legend>
      <div class="fields">
        <TextField form={form} name="name" label="Name" />
        <TextField form={form} name="tags" label="Tags" hint="Separated by commas." />
      </div>
      <Radios
        label="Target"
        value={target}
        values={TARGET_TYPES}
        names={NAMES}
        choose={(chosen) => form.change({ target: chosen })}
      />
      {target === 'http' && <Http form={form} />}
      {target === 'handler' && <TextField form={form} name="handler" label="Name of the handler" />}
      {target === 'command' && (
        <AreaField
          form={form}
          name="argv"
          label="Command"
          hint="The program and its arguments, one on each line. There is no shell."
        />
      )}
      <AreaField
        form={form}
        name="params"
        label="Params"
        placeholder="null"
        hint="Any JSON; handed to the target."
      />
      {target === 'http' && <TestTarget form={form} id={id} />}
    </fieldset>
  )
}

function Http({ form }: { form: Form }) {
  return (
    <>
      <div class="fields">
        <PickField form={form} name="method" label="Method" values={METHODS} />
        <TextField form={form} name="url" label="URL" placeholder="https://" />
      </div>
      <Headers form={form} />
      <AreaField form={form} name="body" label="Body" hint="JSON; the params, if it is empty." />
    </>
  )
}
