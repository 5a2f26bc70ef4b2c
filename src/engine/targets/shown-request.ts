import type { SentRequest } from '../../domain/sent-request.ts'
import { isSecretName, MASK, maskParameters } from '../../domain/secrets/secret-names.ts'
import type { HttpTarget } from '../../domain/target.ts'
import { BoundedText } from './bounded-text.ts'
import { callingOf, type RequestFacts } from './http-calling.ts'
import { buildRequest, prepareRequest, USER_AGENT } from './http-request.ts'
import type { OpenSecrets } from './open-secrets.ts'

/** Made anew for every attempt, and kept nowhere. */
const ONLY_SENT: ReadonlySet<string> = new Set(['traceparent', 'tracestate', 'webhook-signature'])
/** A signature that is not shown can be made with any key. */
const NO_KEY = Buffer.alloc(0)

/**
 * The request of an attempt, made by what sends it, of a target whose secrets are as they are shown.
 * @param at - when the attempt began, in epoch milliseconds
 * @throws CarillonError `validation_failed` for a target that cannot work
 */
export function showRequest(target: HttpTarget, facts: RequestFacts, at: number): SentRequest {
  const prepared = prepareRequest(withoutSecrets(target), USER_AGENT)
  const { origin, path, method, headers, body } = buildRequest(prepared, callingOf(facts), at)
  return {
    attempt: facts.run.attempt,
    method,
    url: origin + path,
    headers: Object.fromEntries(pairs(headers)),
    ...boundedBody(body)
  }
}

function withoutSecrets({ secret, headers = {}, ...rest }: HttpTarget): OpenSecrets {
  const shown = Object.entries(headers).map(([name, value]) => {
    if (typeof value !== 'string') return [name, value.secret] as const
    return [name, isSecretName(name) ? MASK : value] as const
  })
  return {
    target: { ...rest, url: maskParameters(rest.url), headers: Object.fromEntries(shown) },
    signingKeys: secret === undefined ? [] : [NO_KEY]
  }
}

function pairs(flat: readonly string[]): [name: string, value: string][] {
  return flat.flatMap((name, index) => {
    if (index % 2 === 1) return []
    const value = ONLY_SENT.has(name) ? MASK : (flat[index + 1] ?? '')
    return [[name, value] as [string, string]]
  })
}

function boundedBody(body: string | null): Pick<SentRequest, 'body' | 'omitted_bytes'> {
  if (body === null) return { body, omitted_bytes: 0 }
  const bytes = Buffer.from(body)
  const kept = new BoundedText()
  const { text } = kept.read(kept.add(bytes))
  return { body: text, omitted_bytes: bytes.length - Buffer.byteLength(text) }
}
