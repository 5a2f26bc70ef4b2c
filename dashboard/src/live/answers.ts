import { serverNow } from '../format/clock.ts'
import { signal } from '../signal/signal.ts'

/** Whether the service answered what it was asked last, whatever it said. */
export const isAnswering = signal(true)

/**
 * Up to when what is shown is known to be what is, in epoch milliseconds of the server's time; null
 * before anything came. Of interest while no events come.
 */
export const shownUntil = signal<number | null>(null)

const FIRST_SERVER_ERROR = 500

/** Keeps whether there is an answer. A question that is given up says nothing of the service. */
export async function noteAnswer(asking: Promise<Response>): Promise<Response> {
  try {
    const response = await asking
    isAnswering.value = response.status < FIRST_SERVER_ERROR || isOurs(response)
    if (isAnswering.value) noteCurrent()
    return response
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) isAnswering.value = false
    throw error
  }
}

/** A proxy in front of a service that is gone answers, too, but not as the service does. */
function isOurs({ headers }: Response): boolean {
  return headers.get('content-type')?.includes('json') === true
}

/** Keeps that what is shown is what is. */
export function noteCurrent(): void {
  shownUntil.value = serverNow()
}
