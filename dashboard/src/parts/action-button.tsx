import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Scope } from '../../../client.ts'
import { errorOf } from '../format/error.ts'
import { may } from '../live/access.ts'
import { notify } from './notices.tsx'

interface ActionButtonProps {
  children: ComponentChildren
  /** What it does; what it returns is said when it is done. */
  act: () => Promise<ComponentChildren>
  /** What one needs to use it; for who may not, it is not there. */
  scope?: Scope
  class?: string
  /** What it is called where the words on it do not say of what. */
  label?: string
  /** The key that presses it. */
  shortcut?: string | undefined
}

/** A button that does something to the service: once at a time, and says what came of it. */
export function ActionButton(props: ActionButtonProps) {
  const { children, act, scope, label, shortcut, class: kind = '' } = props
  const [isBusy, setBusy] = useState(false)
  const press = async (): Promise<void> => {
    setBusy(true)
    try {
      const said = await act()
      if (said !== null && said !== undefined) notify(said)
    } catch (error) {
      notify(errorOf(error).message, true)
    } finally {
      setBusy(false)
    }
  }
  if (!may(scope)) return null
  return (
    <button
      type="button"
      class={kind}
      aria-disabled={isBusy}
      aria-label={label}
      aria-keyshortcuts={shortcut}
      onClick={() => void (isBusy || press())}
    >
      {children}
    </button>
  )
}
