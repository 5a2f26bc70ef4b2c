import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { Question } from './question.tsx'

interface AskingProps {
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
export function Asking({ label, shortcut, ...question }: AskingProps) {
  const dialog = useRef<HTMLDialogElement>(null)
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
