import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import type { Scope } from '../../../client.ts'
import { may } from '../live/access.ts'
import { Question } from './question.tsx'

interface AskingProps {
  /** What one needs to use it; for who may not, it is not there. */
  scope?: Scope
  /** What opens the question. */
  label: string
  /** The question, and what will happen. */
  title: string
  children: ComponentChildren
  /** What the button that does it is called. */
  confirm: string
  act: () => Promise<ComponentChildren>
  class?: string
  /** The key that presses it. */
  shortcut?: string
}

/** A button that asks before it acts; the question names what happens, and needs its own button. */
export function Asking({ scope, label, shortcut, ...question }: AskingProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  if (!may(scope)) return null
  return (
    <>
      <button
        type="button"
        class={question.class}
        aria-keyshortcuts={shortcut}
        onClick={() => dialog.current?.showModal()}
      >
        {label}
      </button>
      <Question dialog={dialog} {...question} />
    </>
  )
}
