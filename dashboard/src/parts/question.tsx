import type { ComponentChildren, RefObject } from 'preact'
import { ActionButton } from './action-button.tsx'

interface QuestionProps {
  /** Of whoever opens it. */
  dialog: RefObject<HTMLDialogElement | null>
  title: string
  children: ComponentChildren
  /** What the button that does it is called. */
  confirm: string
  act: () => Promise<ComponentChildren>
  onClose?: () => void
  class?: string
}

/** A dialog that asks; it needs its own button, and opens with the other one at hand. */
export function Question(props: QuestionProps) {
  const { dialog, title, children, confirm, act, onClose, class: kind = '' } = props
  const close = (): void => dialog.current?.close()
  const actAndClose = async (): Promise<ComponentChildren> => {
    const said = await act()
    close()
    return said
  }
  return (
    <dialog ref={dialog} aria-label={title} onClose={() => onClose?.()}>
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
  )
}
