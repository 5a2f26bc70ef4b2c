import { createHmac } from 'node:crypto'

/** What is signed. */
export interface SignedCall {
  /** The same in all attempts of a run. */
  id: string
  /** Epoch milliseconds of the attempt. */
  at: number
  /** The bytes that are sent; empty without a body. */
  body: string
}

/**
 * The headers that prove who sent a call, names and values in turn: one signature for each key.
 * @see Standard Webhooks 1.0.0, "Webhook headers (sending metadata)"
 */
export function signatureHeaders(keys: readonly Buffer[], { id, at, body }: SignedCall): string[] {
  const timestamp = String(Math.floor(at / 1_000))
  const signatures = keys.map((key) => {
    const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
    return `v1,${digest}`
  })
  return [
    'webhook-id',
    id,
    'webhook-timestamp',
    timestamp,
    'webhook-signature',
    signatures.join(' ')
  ]
}
