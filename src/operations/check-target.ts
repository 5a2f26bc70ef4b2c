import type { TargetPolicy } from '../domain/addresses/target-policy.ts'
import { CarillonError, refuse } from '../domain/errors.ts'
import type { Target } from '../domain/target.ts'
import type { HandlerRegistry } from '../engine/targets/handler.ts'

/** What a job would do, and with what. */
export interface Doing {
  target: Target
  params: unknown
}

/**
 * Whether this process lets a job do that.
 * @throws CarillonError `command_not_allowed`; `validation_failed` for an address that no target may
 *   call, and for params that the handler does not take
 */
export type CheckTarget = (doing: Doing) => void

export interface CheckTargetParts {
  allowCommands: boolean
  policy: TargetPolicy | undefined
  handlers: Pick<HandlerRegistry, 'paramsFaults'>
}

/** A handler that is not registered here is another replica's to check. */
export function createCheckTarget(parts: CheckTargetParts): CheckTarget {
  return ({ target, params }) => {
    if (target.type === 'command' && !parts.allowCommands) throw notAllowed()
    if (target.type === 'http') {
      const fault = parts.policy?.urlFault(new URL(target.url)) ?? null
      if (fault !== null) throw refuse('/target/url', fault)
    }
    if (target.type !== 'handler') return
    const faults = parts.handlers.paramsFaults(target.name, params ?? null)
    const [first] = faults
    if (first !== undefined) throw new CarillonError('validation_failed', first.detail, { faults })
  }
}

function notAllowed(): CarillonError {
  const message =
    '"target.type" is "command", but this service starts no programs; allow it by CARILLON_ALLOW_COMMANDS, or call a URL.'
  return new CarillonError('command_not_allowed', message)
}
