import { useEffect, useRef } from 'preact/hooks'
import { Choice } from '../parts/choice.tsx'
import { signal } from '../signal/signal.ts'
import { KEY_CHOICES, keyChoice } from './key-choice.ts'
import { KEYS } from './keys.ts'

/** Whether the list of keys is open. */
export const isHelpShown = signal(false)

/** The list of keys, and whether they do anything. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null)
  const isShown = isHelpShown.value
  useEffect(() => {
    if (isShown) dialog.current?.showModal()
  }, [isShown])
  return (
    <dialog ref={dialog} aria-label="Keys" onClose={() => void (isHelpShown.value = false)}>
      <h2>Keys</h2>
      <dl class="keys">
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">They rest while you type.</p>
      <div class="row">
        <Choice
          label="Single keys"
          of={keyChoice}
          values={KEY_CHOICES}
          names={{ on: 'Keys are on', off: 'Keys are off' }}
        />
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  )
}
