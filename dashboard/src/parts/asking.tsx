import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { ActionButton } from './action-button.tsx'

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
}

/** A button that asks before it acts; the question names what happens, and needs its own button. */
export function Asking({ label, title, children, confirm, act, class: kind = '' }: AskingProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const close = (): void => dialog.current?.close()
  const actAndClose = async (): Promise<ComponentChildren> => {
    const said = await act()
    close()
    return said
  }
  return (
    <>
      <button type="button" class={kind} onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} aria-label={title}>
        <h2>{title}</h2>
        {children}
        <div class="row">
          <button type="button" onClick={close}>
            Leave it
          </button>
          <ActionButton class={kind} act={actAndClose}>
            {confirm}
          </ActionButton>
        </div>
      </dialog>
    </>
  )
}
