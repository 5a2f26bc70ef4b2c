import { signal } from '@preact/signals'

/** Whether the service refused a write to this reader for what his key is good for. */
export const isReadOnly = signal(false)

/** Looks at what a request was answered. */
export async function noteRefusal(response: Response): Promise<void> {
  if (response.status !== 403 || isReadOnly.value) return
  const said = await response.clone().text()
  if (said.includes('"insufficient_scope"')) isReadOnly.value = true
}
