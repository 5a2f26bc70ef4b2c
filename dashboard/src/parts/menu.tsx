import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'

interface MenuProps {
  /** Of the element, one on the page. */
  id: string
  /** What it is called. */
  label: string
  children: ComponentChildren
}

/** A button that opens what there is no room for; the browser closes it, by Escape or a click beside. */
export function Menu({ id, label, children }: MenuProps) {
  // Rows are many, and hardly any of their menus is ever opened.
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" popovertarget={id} aria-label={label}>
        ⋯
      </button>
      <div
        id={id}
        class="menu"
        popover="auto"
        role="group"
        aria-label={label}
        onBeforeToggle={({ newState }) => setOpen(newState === 'open')}
      >
        {isOpen && children}
      </div>
    </>
  )
}
