import type { ComponentChildren } from 'preact'
import type { Scope } from '../../../client.ts'
import { may } from '../live/access.ts'

interface AllowedProps {
  scope: Scope
  children: ComponentChildren
}

/** What only those see who may use it. */
export function Allowed({ scope, children }: AllowedProps) {
  return may(scope) ? <>{children}</> : null
}
