import { useEffect, useRef } from 'preact/hooks'
import { Question } from '../parts/question.tsx'
import { signal } from '../signal/signal.ts'

/** The button that runs a job, pressed by its key; null while nothing is asked. */
export const runAsked = signal<HTMLElement | null>(null)

/** Asks before a key runs a job: keys are touched by chance. */
export function RunQuestion() {
  const dialog = useRef<HTMLDialogElement>(null)
  const button = runAsked.value
  useEffect(() => {
    if (button !== null) dialog.current?.showModal()
  }, [button])
  const act = async (): Promise<null> => {
    button?.click()
    return null
  }
  return (
    <Question
      dialog={dialog}
      title={`${button?.ariaLabel ?? 'Run now'}?`}
      confirm="Run now"
      act={act}
      onClose={() => void (runAsked.value = null)}
    >
      <p>Its schedule stays as it is.</p>
    </Question>
  )
}
