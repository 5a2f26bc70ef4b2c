import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Scope } from '../../../client.ts'
import { access, may, serviceTitle } from '../live/access.ts'

interface ScreenProps {
  /** The heading, and the title of the document. */
  title: string
  actions?: ComponentChildren
  /** Without which nothing of it can be done, so that only this is said. */
  scope?: Scope
  children: ComponentChildren
}

function NotAllowed({ scope }: { scope: Scope | undefined }) {
  return <p>All of this, previews too, needs the scope "{scope}", and you do not have it.</p>
}

/** The frame of every screen: one heading, which takes the focus when the screen is come to. */
export function Screen({ title, actions, scope, children }: ScreenProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const whole = `${title} · ${serviceTitle.value}`
  useEffect(() => {
    document.title = whole
  }, [whole])
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <main id="main" tabIndex={-1}>
      <div class="heading">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {may(scope) && actions}
      </div>
      {may(scope) ? children : access.value && <NotAllowed scope={scope} />}
    </main>
  )
}
